import { api, unwrap, ApiError, type Schemas } from '../api/client';
import { errorMessage } from '../errors';
import { toasts } from '../ui/toasts.svelte';
import { i18n, t } from '../i18n/i18n.svelte';

type Message = Schemas['MessageResponse'];

/** Whether somebody here reads a message in a language that is not theirs. */
export const foreign = (it: Message): boolean =>
  Boolean(it.reading && it.reading.lang !== 'und' && it.reading.lang !== i18n.lang);

/** What a language is called in the language of the screens. */
export const languageName = (lang: string): string =>
  new Intl.DisplayNames([i18n.lang], { type: 'language' }).of(lang) ?? lang;

/** What keeps one message from being translated, and not the others. */
const ABOUT_ONE = ['translation_pair', 'translation_long', 'translation_lang'];

/** The messages of a case in the reader's language, beside the originals; gone with the case. */
export class Translations {
  shown = $state<Record<string, Schemas['TranslationResponse']>>({});
  asking = $state(false);

  /** Shows the translation of each message in another language, or puts all away. */
  async toggle(messages: Message[]) {
    if (this.asking) return;
    if (Object.keys(this.shown).length) return void (this.shown = {});
    const wanted = messages.filter(foreign);
    if (!wanted.length) return toasts.say(t('translate_nothing'));
    this.asking = true;
    // One that cannot be translated does not keep the others from it.
    for (const it of wanted) if (!(await this.ask(it.id))) break;
    this.asking = false;
  }

  /** Whether to go on with the others. */
  private async ask(id: string): Promise<boolean> {
    const query = { to: i18n.lang as 'fr' };
    try {
      this.shown[id] = await unwrap(
        api.GET('/api/v1/messages/{id}/translation', { params: { path: { id }, query } }),
      );
      return true;
    } catch (error) {
      toasts.fail(errorMessage(error));
      return error instanceof ApiError && ABOUT_ONE.includes(error.kind);
    }
  }
}
