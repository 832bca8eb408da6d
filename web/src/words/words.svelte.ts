import { en, type Words } from './en';
import { fr } from './fr';
import { french } from './typography';

export type Lang = 'fr' | 'en';

/** The French catalogue with its typography put right once. */
export const frWords = Object.fromEntries(
  Object.entries(fr).map(([key, text]) => [key, french(text)]),
) as unknown as Words;

const stored = (): Lang => {
  const kept = localStorage.getItem('vigie.lang');
  if (kept === 'fr' || kept === 'en') return kept;
  return navigator.language.startsWith('en') ? 'en' : 'fr';
};

class Speech {
  lang = $state<Lang>(typeof localStorage === 'undefined' ? 'fr' : stored());
  /** Milliseconds by which the house's clock is ahead of this browser's. */
  ahead = $state(0);

  get words(): Words {
    return this.lang === 'fr' ? frWords : en;
  }

  choose(lang: Lang) {
    this.lang = lang;
    localStorage.setItem('vigie.lang', lang);
    document.documentElement.lang = lang;
  }

  now(): number {
    return Date.now() + this.ahead;
  }
}

export const speech = new Speech();

/** The words of a key, with its placeholders filled in. */
export function w(key: keyof Words, fill: Record<string, string | number> = {}): string {
  return speech.words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole));
}

/** The words of a code of a closed vocabulary: `w('kind_complaint')` as `code('kind', 'complaint')`. */
export function code(vocabulary: string, value: string): string {
  const words = speech.words as Record<string, string>;
  return words[`${vocabulary}_${value}`] ?? value;
}

/** Why an item was refused: in the reader's language, then what exactly, as the door says it. */
export function refusal(it: { problem: string; detail: string }): string {
  const words = (speech.words as Record<string, string>)[`item_${it.problem}`];
  return words ? `${words} (${it.detail})` : it.detail;
}

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
  if (size > 90 * 1440) return new Intl.DateTimeFormat(speech.lang, { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(at));
  return style.format(Math.round(minutes / 1440), 'day');
}

/** "17 nov., 09:42" in the brand's zone as the browser knows it. */
export function when(at: string): string {
  const date = new Date(at);
  const year = date.getFullYear() === new Date(speech.now()).getFullYear() ? undefined : 'numeric';
  return new Intl.DateTimeFormat(speech.lang, { year, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(date);
}

export function day(at: string): string {
  const style = { day: 'numeric', month: 'long', year: 'numeric' } as const;
  return new Intl.DateTimeFormat(speech.lang, style).format(new Date(at));
}

/** A share: "12 %"; below one in a hundred with a digit more, so that a little is not told as nothing. */
export const share = (it: number): string => new Intl.NumberFormat(speech.lang, { style: 'percent', maximumFractionDigits: it < 0.01 ? 1 : 0 }).format(it);

/** A length of time: "2,5 s", "42 min", "3,4 h". */
export function lasting(minutes: number): string {
  const [unit, value, maximumFractionDigits] =
    minutes < 2 ? ['second', minutes * 60, minutes < 0.2 ? 1 : 0] as const : minutes < 90 ? ['minute', minutes, 0] as const : ['hour', minutes / 60, 1] as const;
  return new Intl.NumberFormat(speech.lang, { style: 'unit', unit, maximumFractionDigits }).format(value);
}

/** "129,90 €" from minor units: the currency says how many decimals it has. */
export function money(it: { minor: number; currency: string }): string {
  const style = new Intl.NumberFormat(speech.lang, { style: 'currency', currency: it.currency });
  return style.format(it.minor / 10 ** (style.resolvedOptions().maximumFractionDigits ?? 2));
}
