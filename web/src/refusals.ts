import { Refusal } from './api/client';
import { toasts } from './ui/toasts.svelte';
import { speech, w } from './words/words.svelte';

/**
 * What went wrong, in the words of the catalogue when its stable type is there, else the API's own.
 */
export function said(why: unknown): string {
  if (!(why instanceof Refusal)) return w('problem_unknown');
  const words = (speech.words as Record<string, string>)[`problem_${why.kind}`];
  return words ?? (why.message || w('problem_unknown'));
}

/** Does something; a refusal is said and false comes back. */
export async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (why) {
    toasts.fail(said(why));
    return false;
  }
}
