import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeyNavigation } from './key_navigation.svelte';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A list walked by keys that come so many milliseconds apart: the rows opened. */
function opened(apart: number, keys: number): number[] {
  const walk = new KeyNavigation();
  const rows: number[] = [];
  for (let row = 1; row <= keys; row++) {
    walk.step(() => rows.push(row));
    vi.advanceTimersByTime(apart);
  }
  vi.advanceTimersByTime(1_000);
  expect(walk.skimming).toBe(false);
  return rows;
}

test("at a reader's pace every row is opened; held down, the first and the one it rests on", () => {
  expect(opened(200, 4)).toEqual([1, 2, 3, 4]);
  expect(opened(30, 20)).toEqual([1, 20]);
});

test('an act waits for its case, is forgotten by the next step, and does not wait for ever', () => {
  const walk = new KeyNavigation();
  const done: string[] = [];
  walk.step(() => {});
  walk.wait(() => done.push('close'));
  vi.advanceTimersByTime(5_000);
  walk.onCaseLoaded();
  walk.onCaseLoaded();
  expect(done).toEqual(['close']);

  walk.wait(() => done.push('assign'));
  walk.step(() => {});
  walk.onCaseLoaded();
  walk.wait(() => done.push('snooze'));
  vi.advanceTimersByTime(20_000);
  walk.onCaseLoaded();
  expect(done).toEqual(['close']);
});
