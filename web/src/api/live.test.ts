import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** A stream the test speaks on. */
class Stream {
  static made: Stream[] = [];
  static CLOSED = 2;
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  private listeners = new Map<string, (event: { data: string; lastEventId: string }) => void>();

  constructor(readonly url: string) {
    Stream.made.push(this);
  }
  addEventListener(name: string, listener: (event: { data: string; lastEventId: string }) => void) {
    this.listeners.set(name, listener);
  }
  say(name: string, id: number, data: object = {}) {
    this.listeners.get(name)?.({ data: JSON.stringify(data), lastEventId: `${id}` });
  }
  close() {
    this.readyState = Stream.CLOSED;
  }
}

const page = new EventTarget();

beforeEach(() => {
  vi.useFakeTimers();
  Stream.made = [];
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('navigator', {
    locks: { request: (_: string, listen: () => Promise<void>) => listen() },
  });
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 16));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function listening() {
  const { Live } = await import('./live');
  const live = new Live();
  const states: boolean[] = [];
  live.onState = (connected) => states.push(connected);
  live.start(40);
  return { live, states, stream: () => Stream.made.at(-1) as Stream };
}

test('a line that falls silent is taken for a cut one, and asked for again after the last fact heard', async () => {
  const { states, stream } = await listening();
  expect(stream().url).toBe('/api/v1/live?after=40');
  stream().say('beat', 41);
  stream().say('fact', 42, { number: 42, act: 'case.opened', ids: {} });
  await vi.advanceTimersByTimeAsync(30_000);
  expect([Stream.made.length, states.at(-1)]).toEqual([1, true]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(states.at(-1)).toBe(false);
  expect([Stream.made[0]?.readyState, stream().url]).toEqual([
    Stream.CLOSED,
    '/api/v1/live?after=42',
  ]);
  stream().say('beat', 42);
  expect(states.at(-1)).toBe(true);
});

test('a line that beats is left alone; without a network it is said at once', async () => {
  const { states, stream } = await listening();
  for (let beat = 0; beat < 20; beat++) {
    stream().say('beat', 40);
    await vi.advanceTimersByTimeAsync(15_000);
  }
  expect(Stream.made.length).toBe(1);
  page.dispatchEvent(new Event('offline'));
  expect(states.at(-1)).toBe(false);
  page.dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(10);
  expect(Stream.made.length).toBe(2);
});

test('whoever signed out hears nothing, and whoever comes next begins where their own page does', async () => {
  const { live, stream } = await listening();
  const heard: number[] = [];
  live.subscribe((facts) => heard.push(...facts.map((it) => it.number)));
  live.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect([Stream.made.length, Stream.made[0]?.readyState]).toEqual([1, Stream.CLOSED]);
  live.start(90);
  await vi.advanceTimersByTimeAsync(10);
  expect(stream().url).toBe('/api/v1/live?after=90');
  // An instance put back from an earlier day counts from there.
  stream().say('refresh', 7);
  stream().say('beat', 7);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(stream().url).toBe('/api/v1/live?after=7');
  expect(heard).toEqual([]);
});
