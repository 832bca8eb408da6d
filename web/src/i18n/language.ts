import type { Messages } from './languages/en';

/**
 * A language of the screens: a file of `languages/`, named by its code; what it needs of spaces is
 * put right once.
 */
export type Language = { name: string; words: Messages; typography?: (text: string) => string };

const files = import.meta.glob<{ default: Language }>('./languages/*.ts');

/** The codes of the languages there are. */
export const LANGUAGES: string[] = Object.keys(files)
  .map((file) => file.slice('./languages/'.length, -'.ts'.length))
  .sort();

/** What a language is called in itself. */
export const nameOf = (lang: string): string => {
  const name = new Intl.DisplayNames([lang], { type: 'language' }).of(lang) ?? lang;
  return name.charAt(0).toLocaleUpperCase(lang) + name.slice(1);
};

/** The catalogue of a language, its typography put right. */
export async function catalogue(lang: string): Promise<Messages> {
  const file = files[`./languages/${lang}.ts`] ?? files['./languages/en.ts'];
  if (!file) throw new Error(`no language ${lang}`);
  const { words, typography } = (await file()).default;
  if (!typography) return words;
  return Object.fromEntries(
    Object.entries(words).map(([key, text]) => [key, typography(text)]),
  ) as Messages;
}
