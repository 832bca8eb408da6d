import { expect, test } from 'vitest';
import { parseDate, suggestedDates } from './dates';

/** Tuesday 17 November 2026, 10:30. */
const NOW = new Date(2026, 10, 17, 10, 30);
const at = (month: number, day: number, hours: number, minutes = 0, year = 2026) =>
  new Date(year, month - 1, day, hours, minutes).getTime();

test.each([
  ['demain', 'tomorrow', at(11, 18, 9)],
  ['demain matin', 'tomorrow morning', at(11, 18, 9)],
  ['Demain à 14h30', 'tomorrow at 14:30', at(11, 18, 14, 30)],
  ['après-demain', 'day after tomorrow', at(11, 19, 9)],
  ['ce soir', 'tonight', at(11, 17, 18)],
  ['cet après-midi', 'this afternoon', at(11, 17, 14)],
  ['lundi', 'Monday', at(11, 23, 9)],
  ['lundi prochain 9h', 'next Monday 9am', at(11, 23, 9)],
  ['mardi', 'Tuesday', at(11, 24, 9)],
  ['vendredi soir', 'Friday evening', at(11, 20, 18)],
  ['la semaine prochaine', 'next week', at(11, 23, 9)],
  ['dans 3 jours', 'in 3 days', at(11, 20, 10, 30)],
  ['dans trois jours', 'in three days', at(11, 20, 10, 30)],
  ['dans 2 h', 'in 2 hours', at(11, 17, 12, 30)],
  ['dans une heure', 'in an hour', at(11, 17, 11, 30)],
  ['dans 20 minutes', 'in 20 min', at(11, 17, 10, 50)],
  ['2 semaines', '2 weeks', at(12, 1, 10, 30)],
  ['dans un mois', 'in one month', at(12, 17, 10, 30)],
  ['15 décembre', 'December 15', at(12, 15, 9)],
  ['le 15/12 à 8h', '15/12 at 8:00', at(12, 15, 8)],
  ['1er février', '1st February', at(2, 1, 9, 0, 2027)],
  ['3 mars', 'March 3rd', at(3, 3, 9, 0, 2027)],
  ['2026-12-24', '2026-12-24', at(12, 24, 9)],
  ['9h', '9am', at(11, 18, 9)],
  ['16h', '4pm', at(11, 17, 16)],
])('%s, %s', (french, english, expected) => {
  expect(parseDate(french, NOW)?.getTime(), french).toBe(expected);
  expect(parseDate(english, NOW)?.getTime(), english).toBe(expected);
});

test.each([
  '',
  'bientôt',
  'hier',
  '31/02',
  '2020-01-01',
  'lundi mardi',
  'in -3 days',
  'dans 0 jours',
  'x'.repeat(500),
])('%s is no date ahead', (said) => {
  expect(parseDate(said, NOW)).toBeNull();
});

test('usual dates are ahead and all different, at any hour', () => {
  for (let hour = 0; hour < 24; hour++) {
    const now = new Date(2026, 10, 22, hour, 0);
    const found = suggestedDates(now);
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(found.every((it) => it > now)).toBe(true);
    expect(new Set(found.map((it) => it.getTime())).size).toBe(found.length);
  }
});
