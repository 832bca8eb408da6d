import { expect, test } from 'vitest';
import { en } from './en';
import { fr } from './fr';
import { french } from './typography';

const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((it) => it[0]).sort();

test('both languages have the same keys and the same placeholders', () => {
  expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
  for (const key of Object.keys(en) as (keyof typeof en)[]) expect(holes(fr[key]), key).toEqual(holes(en[key]));
});

test('French typography is right in every sentence', () => {
  for (const [key, text] of Object.entries(fr)) {
    const shown = french(text);
    expect(shown, key).not.toMatch(/ [;:!?»]|« |\.\.\.|\p{L}'/u);
  }
});

test('French spacing is what printers use', () => {
  expect(french("Qu'a-t-on fait ? « Rien » : 12 %...")).toBe('Qu’a-t-on fait\u202f? «\u202fRien\u202f»\u00a0: 12\u00a0%…');
});
