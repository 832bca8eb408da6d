import { ApiError } from './api/client';
import { toasts } from './ui/toasts.svelte';
import { i18n, t } from './i18n/i18n.svelte';

/**
 * What went wrong, in the words of the catalogue when its stable type is there, else the API's own.
 */
export function errorMessage(error: unknown): string {
  if (!(error instanceof ApiError)) return t('problem_unknown');
  const words = (i18n.words as Record<string, string>)[`problem_${error.kind}`];
  return words ?? (error.message || t('problem_unknown'));
}

/** Does something; a refusal is said and false comes back. */
export async function withErrorToast(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    toasts.fail(errorMessage(error));
    return false;
  }
}
