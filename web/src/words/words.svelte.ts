import type { Words } from './languages/en';
import { catalogue, LANGUAGES } from './language';

export type Lang = string;

/** What the browser says of its person, else French. */
export const languageOf = (
  kept: string | null,
  asked: readonly string[],
  known: readonly string[] = LANGUAGES,
): Lang =>
  [kept ?? '', ...asked.map((it) => it.slice(0, 2))].find((it) => known.includes(it)) ?? 'fr';

class Speech {
  lang = $state<Lang>('fr');
  words = $state.raw<Words>({} as Words);
  /** Milliseconds by which the house's clock is ahead of this browser's. */
  ahead = $state(0);

  /** The language this browser spoke last; nothing is shown before its words are there. */
  begin(): Promise<void> {
    return this.choose(languageOf(localStorage.getItem('vigie.lang'), navigator.languages));
  }

  async choose(lang: Lang) {
    const words = await catalogue(lang);
    [this.words, this.lang] = [words, lang];
    localStorage.setItem('vigie.lang', lang);
    document.documentElement.lang = lang;
  }

  /** The language after this one. */
  get other(): Lang {
    return LANGUAGES[(LANGUAGES.indexOf(this.lang) + 1) % LANGUAGES.length] ?? 'fr';
  }

  now(): number {
    return Date.now() + this.ahead;
  }
}

export const speech = new Speech();

/** The words of a key, with its placeholders filled in. */
export function w(key: keyof Words, fill: Record<string, string | number> = {}): string {
  return named(key, fill);
}

/** The words of a key that is put together, filled in; the key itself when nobody wrote them. */
export function named(key: string, fill: Record<string, string | number> = {}): string {
  const words = (speech.words as Record<string, string>)[key];
  return words
    ? words.replace(/\{(\w+)\}/g, (hole, name: string) => String(fill[name] ?? hole))
    : key;
}

/**
 * The words of a code of a closed vocabulary: `w('kind_complaint')` as `code('kind', 'complaint')`.
 */
export function code(vocabulary: string, value: string): string {
  const words = speech.words as Record<string, string>;
  return words[`${vocabulary}_${value}`] ?? value;
}

/** Why an item was refused: in the reader's language, then what exactly, as the door says it. */
export function refusal(it: { problem: string; detail: string }): string {
  const words = (speech.words as Record<string, string>)[`item_${it.problem}`];
  return words ? `${words} (${it.detail})` : it.detail;
}

/**
 * What something is called in the reader's language: those that come in French and English only are
 * told in English to others.
 */
export const called = (it: { name_fr: string; name_en: string }): string =>
  speech.lang === 'fr' ? it.name_fr : it.name_en;

/** "3 messages", "1 message", "0 message": zero is singular in French. */
export function count(n: number, one: keyof Words, many: keyof Words): string {
  const rule = new Intl.PluralRules(speech.lang).select(n);
  return w(rule === 'one' ? one : many, { n: number(n) });
}

export const number = (n: number): string => new Intl.NumberFormat(speech.lang).format(n);

/** "il y a 22 min", "dans 3 h". */
export function ago(at: string): string {
  const minutes = Math.round((Date.parse(at) - speech.now()) / 60_000);
  const style = new Intl.RelativeTimeFormat(speech.lang, { style: 'short', numeric: 'auto' });
  const size = Math.abs(minutes);
  if (size < 60) return style.format(minutes, 'minute');
  if (size < 60 * 36) return style.format(Math.round(minutes / 60), 'hour');
  if (size > 90 * 1440)
    return new Intl.DateTimeFormat(speech.lang, {
      day: 'numeric',
      month: 'short',
      year: 'numeric',
    }).format(new Date(at));
  return style.format(Math.round(minutes / 1440), 'day');
}

/** "17 nov., 09:42" in the brand's zone as the browser knows it. */
export function when(at: string): string {
  const date = new Date(at);
  const year = date.getFullYear() === new Date(speech.now()).getFullYear() ? undefined : 'numeric';
  return new Intl.DateTimeFormat(speech.lang, {
    year,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(date);
}

/** "mardi 17 novembre, 09:00". */
export const fullDay = (date: Date): string =>
  new Intl.DateTimeFormat(speech.lang, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
  }).format(date);

/** "10:14". */
export const clock = (at: number): string =>
  new Intl.DateTimeFormat(speech.lang, { hour: '2-digit', minute: '2-digit' }).format(new Date(at));

export function day(at: string): string {
  const style = { day: 'numeric', month: 'long', year: 'numeric' } as const;
  return new Intl.DateTimeFormat(speech.lang, style).format(new Date(at));
}

/**
 * A share: "12 %"; below one in a hundred with a digit more, so that a little is not told as
 * nothing.
 */
export const share = (it: number): string =>
  new Intl.NumberFormat(speech.lang, {
    style: 'percent',
    maximumFractionDigits: it < 0.01 ? 1 : 0,
  }).format(it);

/** A length of time: "2,5 s", "42 min", "3,4 h". */
export function lasting(minutes: number): string {
  const [unit, value, maximumFractionDigits] =
    minutes < 2
      ? (['second', minutes * 60, minutes < 0.2 ? 1 : 0] as const)
      : minutes < 90
        ? (['minute', minutes, 0] as const)
        : (['hour', minutes / 60, 1] as const);
  return new Intl.NumberFormat(speech.lang, { style: 'unit', unit, maximumFractionDigits }).format(
    value,
  );
}

/** "4 months": how long nothing was heard. */
export function quiet(since: string, until: string): string {
  const months = Math.max(
    1,
    Math.floor((Date.parse(until) - Date.parse(since)) / (30.44 * 86_400_000)),
  );
  return new Intl.NumberFormat(speech.lang, {
    style: 'unit',
    unit: 'month',
    unitDisplay: 'long',
  }).format(months);
}

/** "129,90 €" from minor units: the currency says how many decimals it has. */
export function money(it: { minor: number; currency: string }): string {
  const style = new Intl.NumberFormat(speech.lang, { style: 'currency', currency: it.currency });
  return style.format(it.minor / 10 ** (style.resolvedOptions().maximumFractionDigits ?? 2));
}
