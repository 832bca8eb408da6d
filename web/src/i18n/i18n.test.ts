import { expect, test } from 'vitest';
import en from './languages/en';
import fr from './languages/fr';
import { catalogue, LANGUAGES } from './language';
import { differences, frenchMistakes } from './catalogue_checks';
import { french } from './typography';
import typographyCases from './typography.cases.json';

test('every language has the same keys and fills the same places', async () => {
  expect(LANGUAGES).toEqual(expect.arrayContaining(['en', 'fr']));
  for (const lang of LANGUAGES)
    expect(differences(await catalogue(lang), en.words), lang).toEqual([]);
});

test('a planted mistake in a catalogue is found', () => {
  const { add: _, ...lacks } = fr.words;
  expect(differences(lacks, en.words)).toEqual(['add: missing']);
  expect(differences({ ...fr.words, absent_until: 'Absent jusqu’au {jour}' }, en.words)).toEqual([
    'absent_until: fills {jour}, not {day}',
  ]);
  expect(differences({ ...fr.words, add: ' ', ad: 'Ajouter' }, en.words)).toEqual([
    'add: empty',
    'ad: nobody asks for it',
  ]);
});

test('French typography is right in every sentence', async () => {
  expect(frenchMistakes(await catalogue('fr'))).toEqual([]);
});

test('a planted mistake of typography is found', () => {
  for (const wrong of [
    'Pourquoi ?',
    'Pourquoi?',
    'Motif : retard',
    '« bonjour »',
    'attendez...',
    "l'ami",
    '12 %',
  ]) {
    expect(frenchMistakes({ planted: wrong }), wrong).not.toEqual([]);
    expect(frenchMistakes({ planted: french(wrong.replace('i?', 'i ?')) }), wrong).toEqual([]);
  }
});

test.each(typographyCases)('French is typeset as printers do: %s', (typed, typeset) => {
  expect(french(typed)).toBe(typeset);
});
