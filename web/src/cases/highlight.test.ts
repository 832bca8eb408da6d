import { expect, test } from 'vitest';
import { splitBySpans } from './highlight.svelte';

test('offsets are bytes of UTF-8, not letters', () => {
  const text = 'déçu 😡 fin';
  expect(splitBySpans(text, [{ start: 0, end: 6 }])).toEqual([
    { text: 'déçu', marked: true },
    { text: ' 😡 fin', marked: false },
  ]);
  expect(
    splitBySpans(text, [
      { start: 7, end: 11 },
      { start: 8, end: 10 },
    ]).map((it) => it.text),
  ).toEqual(['déçu ', '😡', ' fin']);
});
