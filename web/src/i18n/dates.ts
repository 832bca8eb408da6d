import { fold } from '../ui/fold';

/**
 * Dates as people say them, in French and English: "demain matin", "lundi 9h", "in 3 days", "next
 * week", "15/12". What is understood is always ahead; what is not is null, never a guess.
 */

const plain = (text: string) => fold(text).replace(/[’']/g, ' ').replace(/\s+/g, ' ').trim();

const DAYS = [
  'dimanche|sunday|sun',
  'lundi|monday|mon',
  'mardi|tuesday|tue',
  'mercredi|wednesday|wed',
  'jeudi|thursday|thu',
  'vendredi|friday|fri',
  'samedi|saturday|sat',
];
const MONTHS = [
  'janvier|january|jan',
  'fevrier|february|feb|fev',
  'mars|march|mar',
  'avril|april|apr|avr',
  'mai|may',
  'juin|june|jun',
  'juillet|july|jul|juil',
  'aout|august|aug',
  'septembre|september|sept|sep',
  'octobre|october|oct',
  'novembre|november|nov',
  'decembre|december|dec',
];
const NUMBERS = [
  'zero',
  'un|une|one|a|an',
  'deux|two',
  'trois|three',
  'quatre|four',
  'cinq|five',
  'six',
  'sept|seven',
  'huit|eight',
  'neuf|nine',
  'dix|ten',
];
const UNITS: [string, number][] = [
  ['min(?:ute)?s?', 1],
  ['h|heures?|hours?', 60],
  ['j|jours?|days?', 1440],
  ['semaines?|weeks?', 10_080],
];
/** The hour at which a part of the day begins. */
const PARTS: [string, number][] = [
  ['matin|morning', 9],
  ['apres-midi|aprem|afternoon', 14],
  ['midi|noon', 12],
  ['soir|evening|tonight', 18],
];
const MORNING = 9;

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
const numberIn = (text: string): number =>
  /^\d+$/.test(text) ? Number(text) : NUMBERS.findIndex((it) => whole(it).test(text));

/** The instant a person means, seen from `now` in the browser's own zone. */
export function parseDate(input: string, now: Date): Date | null {
  const text = plain(input);
  if (!text) return null;
  const found = parseOffset(text, now) ?? parseDayAndHour(text, now);
  return found && found.getTime() > now.getTime() ? found : null;
}

/** "dans 3 jours", "in an hour", "3 h", "2 weeks". */
function parseOffset(text: string, now: Date): Date | null {
  const parts = /^(?:(?:dans|in) )?(\d+|[a-z]+) ?([a-z]+)$/.exec(text);
  const months = /^(?:dans|in) (\d+|[a-z]+) (?:mois|months?)$/.exec(text);
  if (months) return addMonths(now, numberIn(months[1] ?? ''));
  if (!parts) return null;
  const [n, unit] = [
    numberIn(parts[1] ?? ''),
    UNITS.find(([name]) => whole(name).test(parts[2] ?? '')),
  ];
  // "9h" alone is an hour of the day.
  if (n < 1 || !unit || (/^\d+ ?h$/.test(text) && !/^(dans|in)/.test(text))) return null;
  if (unit[1] < 1440) return new Date(now.getTime() + n * unit[1] * 60_000);
  return atHour(addDays(now, (n * unit[1]) / 1440), now.getHours(), now.getMinutes());
}

function addMonths(now: Date, n: number): Date | null {
  if (n < 1) return null;
  const last = new Date(now.getFullYear(), now.getMonth() + n + 1, 0).getDate();
  return new Date(
    now.getFullYear(),
    now.getMonth() + n,
    Math.min(now.getDate(), last),
    now.getHours(),
    now.getMinutes(),
  );
}

/** A day, then an hour or a part of the day; either may be missing. */
function parseDayAndHour(text: string, now: Date): Date | null {
  const hour = hourIn(text);
  const rest = text
    .replace(hour.taken, ' ')
    .replace(/\b(?:a|at|le|on|la|the|de|du|of)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const day = rest ? dayIn(rest, now) : now;
  if (!day || (!rest && hour.hours < 0)) return null;
  const found = atHour(day, hour.hours < 0 ? MORNING : hour.hours, hour.minutes);
  // Nine o'clock, said at ten, is tomorrow's.
  return !rest && found <= now ? atHour(addDays(now, 1), hour.hours, hour.minutes) : found;
}

function hourIn(text: string): { hours: number; minutes: number; taken: RegExp | string } {
  const clock =
    /(?:\ba |\bat )?\b(\d{1,2}) ?(?:h|:) ?(\d{2})?\b(?!\/)/.exec(text) ??
    /(?:\bat )?\b(\d{1,2})(?::(\d{2}))? ?(am|pm)\b/.exec(text);
  if (clock) {
    const half = clock[3];
    const hours = (Number(clock[1]) % (half ? 12 : 24)) + (half === 'pm' ? 12 : 0);
    return { hours, minutes: Number(clock[2] ?? 0), taken: clock[0] };
  }
  const tonight = /\btonight\b/.exec(text);
  if (tonight) return { hours: 18, minutes: 0, taken: tonight[0] };
  for (const [part, hours] of PARTS) {
    const found = new RegExp(`\\b(?:(?:in the|this|ce|cet|cette|le|l) )?(?:${part})\\b`).exec(text);
    if (found) return { hours, minutes: 0, taken: found[0] };
  }
  return { hours: -1, minutes: 0, taken: '' };
}

function dayIn(text: string, now: Date): Date | null {
  if (/^(?:aujourd hui|today)$/.test(text)) return now;
  if (/^(?:apres-?demain|day after tomorrow|after tomorrow)$/.test(text)) return addDays(now, 2);
  if (/^(?:demain|tomorrow)$/.test(text)) return addDays(now, 1);
  if (/^(?:semaine prochaine|next week)$/.test(text)) return nextDay(now, 1);
  if (/^(?:mois prochain|next month)$/.test(text)) return addMonths(now, 1);
  const weekday = DAYS.findIndex((names) =>
    new RegExp(`^(?:next )?(?:${names})(?: prochain)?$`).test(text),
  );
  if (weekday >= 0) return nextDay(now, weekday);
  return dateIn(text, now);
}

/** "15/12", "15 décembre", "December 15", "2026-12-15". */
function dateIn(text: string, now: Date): Date | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return valid(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]));
  const slashes = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?$/.exec(text);
  if (slashes) return ahead(Number(slashes[2]) - 1, Number(slashes[1]), slashes[3], now);
  const named =
    /^(\d{1,2})(?:er|st|nd|rd|th)? ([a-z]+)(?: (\d{4}))?$/.exec(text) ??
    /^([a-z]+) (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?$/.exec(text);
  if (!named) return null;
  const [day, name] = /^\d/.test(named[1] ?? '') ? [named[1], named[2]] : [named[2], named[1]];
  const month = MONTHS.findIndex((it) => whole(it).test(name ?? ''));
  return month < 0 ? null : ahead(month, Number(day), named[3], now);
}

/** That day of this year, or of the next when it is past. */
function ahead(month: number, day: number, year: string | undefined, now: Date): Date | null {
  const found = valid(Number(year ?? now.getFullYear()), month, day);
  return found && !year && found < addDays(now, -1)
    ? valid(now.getFullYear() + 1, month, day)
    : found;
}

function valid(year: number, month: number, day: number): Date | null {
  const found = new Date(year, month, day, MORNING);
  return found.getMonth() === month && found.getDate() === day ? found : null;
}

const addDays = (from: Date, days: number) =>
  new Date(
    from.getFullYear(),
    from.getMonth(),
    from.getDate() + days,
    from.getHours(),
    from.getMinutes(),
  );
const nextDay = (from: Date, weekday: number) =>
  addDays(from, (weekday - from.getDay() + 7) % 7 || 7);
const atHour = (day: Date, hours: number, minutes: number) =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes);

/**
 * Dates most often meant, from now: in three hours, this evening, tomorrow morning, next Monday, in
 * a week.
 */
export function suggestedDates(now: Date): Date[] {
  const evening = atHour(now, 18, 0);
  const found = [
    new Date(now.getTime() + 3 * 3_600_000),
    evening,
    atHour(addDays(now, 1), MORNING, 0),
    atHour(nextDay(now, 1), MORNING, 0),
    atHour(addDays(now, 7), MORNING, 0),
  ];
  return found.filter(
    (it, at) => it > now && found.findIndex((other) => other.getTime() === it.getTime()) === at,
  );
}
