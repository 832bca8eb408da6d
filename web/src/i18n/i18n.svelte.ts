import type { Messages } from './languages/en';
import { catalogue, LANGUAGES } from './language';

export type Lang = string;

/** What the browser says of its person, else French. */
export const languageOf = (
  stored: string | null,
  preferred: readonly string[],
  known: readonly string[] = LANGUAGES,
): Lang =>
  [stored ?? '', ...preferred.map((it) => it.slice(0, 2))].find((it) => known.includes(it)) ?? 'fr';

class I18n {
  lang = $state<Lang>('fr');
  words = $state.raw<Messages>({} as Messages);
  /** Milliseconds by which the server's clock is ahead of this browser's. */
  clockOffset = $state(0);

  /** The language this browser spoke last; nothing is shown before its words are there. */
  init(): Promise<void> {
    return this.setLanguage(languageOf(localStorage.getItem('vigie.lang'), navigator.languages));
  }

  async setLanguage(lang: Lang) {
    const words = await catalogue(lang);
    [this.words, this.lang] = [words, lang];
    localStorage.setItem('vigie.lang', lang);
    document.documentElement.lang = lang;
  }

  /** The language after this one. */
  get nextLanguage(): Lang {
    return LANGUAGES[(LANGUAGES.indexOf(this.lang) + 1) % LANGUAGES.length] ?? 'fr';
  }

  now(): number {
    return Date.now() + this.clockOffset;
  }
}

export const i18n = new I18n();

/** The words of a key, with its placeholders filled in. */
export function t(key: keyof Messages, fill: Record<string, string | number> = {}): string {
  return named(key, fill);
}

/** The words of a key that is put together, filled in; the key itself when nobody wrote them. */
export function named(key: string, fill: Record<string, string | number> = {}): string {
  const words = (i18n.words as Record<string, string>)[key];
  return words
    ? words.replace(/\{(\w+)\}/g, (hole, name: string) => String(fill[name] ?? hole))
    : key;
}

/**
 * The words of a code of a closed vocabulary: `t('kind_complaint')` as `codeLabel('kind', 'complaint')`.
 */
export function codeLabel(vocabulary: string, value: string): string {
  const words = i18n.words as Record<string, string>;
  return words[`${vocabulary}_${value}`] ?? value;
}

/** Why an item was refused: in the reader's language, then what exactly, as the API says it. */
export function refusalText(it: { problem: string; detail: string }): string {
  const words = (i18n.words as Record<string, string>)[`item_${it.problem}`];
  return words ? `${words} (${it.detail})` : it.detail;
}

/**
 * What something is called in the reader's language: those that come in French and English only are
 * told in English to others.
 */
export const localName = (it: { name_fr: string; name_en: string }): string =>
  i18n.lang === 'fr' ? it.name_fr : it.name_en;

/** "3 messages", "1 message", "0 message": zero is singular in French. */
export function count(n: number, one: keyof Messages, many: keyof Messages): string {
  const rule = new Intl.PluralRules(i18n.lang).select(n);
  return t(rule === 'one' ? one : many, { n: number(n) });
}

export const number = (n: number): string => new Intl.NumberFormat(i18n.lang).format(n);

/** "il y a 22 min", "dans 3 h". */
export function formatRelative(at: string): string {
  const minutes = Math.round((Date.parse(at) - i18n.now()) / 60_000);
  const style = new Intl.RelativeTimeFormat(i18n.lang, { style: 'short', numeric: 'auto' });
  const size = Math.abs(minutes);
  if (size < 60) return style.format(minutes, 'minute');
  if (size < 60 * 36) return style.format(Math.round(minutes / 60), 'hour');
  if (size > 90 * 1440)
    return new Intl.DateTimeFormat(i18n.lang, {
      day: 'numeric',
      month: 'short',
      year: 'numeric',
    }).format(new Date(at));
  return style.format(Math.round(minutes / 1440), 'day');
}

/** "17 nov., 09:42" in the brand's zone as the browser knows it. */
export function formatDateTime(at: string): string {
  const date = new Date(at);
  const year = date.getFullYear() === new Date(i18n.now()).getFullYear() ? undefined : 'numeric';
  return new Intl.DateTimeFormat(i18n.lang, {
    year,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(date);
}

/** "mardi 17 novembre, 09:00". */
export const formatLongDate = (date: Date): string =>
  new Intl.DateTimeFormat(i18n.lang, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
  }).format(date);

/** "10:14". */
export const formatTime = (at: number): string =>
  new Intl.DateTimeFormat(i18n.lang, { hour: '2-digit', minute: '2-digit' }).format(new Date(at));

export function formatDate(at: string): string {
  const style = { day: 'numeric', month: 'long', year: 'numeric' } as const;
  return new Intl.DateTimeFormat(i18n.lang, style).format(new Date(at));
}

/**
 * A share: "12 %"; below one in a hundred with a digit more, so that a little is not told as
 * nothing.
 */
export const formatPercent = (it: number): string =>
  new Intl.NumberFormat(i18n.lang, {
    style: 'percent',
    maximumFractionDigits: it < 0.01 ? 1 : 0,
  }).format(it);

/** A length of time: "2,5 s", "42 min", "3,4 h". */
export function formatDuration(minutes: number): string {
  const [unit, value, maximumFractionDigits] =
    minutes < 2
      ? (['second', minutes * 60, minutes < 0.2 ? 1 : 0] as const)
      : minutes < 90
        ? (['minute', minutes, 0] as const)
        : (['hour', minutes / 60, 1] as const);
  return new Intl.NumberFormat(i18n.lang, { style: 'unit', unit, maximumFractionDigits }).format(
    value,
  );
}

/** "4 months": how long nothing was heard. */
export function formatMonths(since: string, until: string): string {
  const months = Math.max(
    1,
    Math.floor((Date.parse(until) - Date.parse(since)) / (30.44 * 86_400_000)),
  );
  return new Intl.NumberFormat(i18n.lang, {
    style: 'unit',
    unit: 'month',
    unitDisplay: 'long',
  }).format(months);
}

/** "129,90 €" from minor units: the currency says how many decimals it has. */
export function formatMoney(it: { minor: number; currency: string }): string {
  const style = new Intl.NumberFormat(i18n.lang, { style: 'currency', currency: it.currency });
  return style.format(it.minor / 10 ** (style.resolvedOptions().maximumFractionDigits ?? 2));
}
