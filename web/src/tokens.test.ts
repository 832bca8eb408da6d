import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Palette = Record<string, string>;
const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

function palettes(text: string): { light: Palette; dark: Palette } {
  const found = [...text.matchAll(/--(\w+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)];
  const of = (place: number) =>
    Object.fromEntries(found.map((it) => [it[1], it[place]])) as Palette;
  return { light: of(2), dark: of(3) };
}

/** Relative luminance and contrast ratio as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

const GROUNDS = ['paper', 'rail', 'chosen', 'picked'];
const TEXTS = ['ink', 'soft', 'accent', 'bad', 'good', 'warning'];

/** Every pair too faint: text below 4.5, a control's border below 3. */
function faint(palette: Palette): string[] {
  const pairs = [
    ...TEXTS.flatMap((it) => GROUNDS.map((ground) => [it, ground, 4.5] as const)),
    ...GROUNDS.map((ground) => ['field', ground, 3] as const),
    ['ink', 'mark', 4.5] as const,
    ['paper', 'accent', 4.5] as const,
  ];
  return pairs
    .filter(([a, b, least]) => contrast(palette[a] ?? '#000000', palette[b] ?? '#000000') < least)
    .map(
      ([a, b]) =>
        `${a} on ${b}: ${contrast(palette[a] ?? '#000000', palette[b] ?? '#000000').toFixed(2)}`,
    );
}

test('the ratio is the one WCAG gives', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test('every text and every border can be seen on every ground, light and dark', () => {
  const { light, dark } = palettes(css);
  expect(Object.keys(light).length).toBeGreaterThanOrEqual(13);
  expect(faint(light)).toEqual([]);
  expect(faint(dark)).toEqual([]);
});

test('a planted faint colour is found', () => {
  const { light } = palettes(css.replace(/--soft: light-dark\(#\w+/, '--soft: light-dark(#a8a29a'));
  expect(faint(light).some((it) => it.startsWith('soft on'))).toBe(true);
});
