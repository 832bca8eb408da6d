import { expect, test } from 'vitest';
import { PagedList } from './paged_list.svelte';

/** A server of `total` rows, a hundred a page; rows in `gone` have left since. */
function server(total: number, gone = new Set<number>()) {
  const asked: string[] = [];
  const ask = async (after: string | undefined, until: string | undefined) => {
    asked.push(`${after ?? ''}-${until ?? ''}`);
    const from = after ? Number(after) : 0;
    const to = Math.min(until ? Number(until) : from + 100, total);
    const rows = Array.from({ length: to - from }, (_, at) => from + at)
      .filter((it) => !gone.has(it))
      .map((it) => ({ id: `row ${it}` }));
    return { rows, next: to < total ? String(to) : null };
  };
  return { ask, asked };
}

const settled = () => new Promise((done) => setTimeout(done, 5));

test('a long list is held in windows, and a page let go comes back to its places', async () => {
  const { ask, asked } = server(10_000);
  const list = new PagedList(ask);
  await list.reload();
  for (let page = 0; page < 99; page++) {
    list.setViewport(list.length - 30, list.length);
    await settled();
  }
  expect([list.length, list.ended, list.at(9_999)?.id]).toEqual([10_000, true, 'row 9999']);
  expect(list.loadedRows().length).toBeLessThanOrEqual(2_400);
  expect(list.at(0)).toBeNull();
  list.setViewport(0, 30);
  await settled();
  expect(list.at(7)?.id).toBe('row 7');
  expect(asked.at(-1)).toBe('-100');
});

test('what left since is an empty line: nothing moves up', async () => {
  const gone = new Set<number>();
  const { ask } = server(5_000, gone);
  const list = new PagedList(ask);
  await list.reload();
  for (let page = 0; page < 49; page++) {
    list.setViewport(list.length - 30, list.length);
    await settled();
  }
  expect(list.at(3)).toBeNull();
  gone.add(3);
  list.setViewport(0, 30);
  await settled();
  expect(list.length).toBe(5_000);
  expect([list.at(2)?.id, list.at(3), list.at(4)?.id]).toEqual(['row 2', null, 'row 4']);
});

test('an answer that comes after a newer question is not shown', async () => {
  let release = () => {};
  const slow = new Promise<void>((done) => (release = done));
  let calls = 0;
  const list = new PagedList(async () => {
    const mine = ++calls;
    if (mine === 1) await slow;
    return { rows: [{ id: `answer ${mine}` }], next: null };
  });
  const first = list.reload();
  expect(await list.reload()).toBe(true);
  release();
  expect(await first).toBe(false);
  expect(list.at(0)?.id).toBe('answer 2');
});

test('a row changes where it stands', async () => {
  const { ask } = server(300);
  const list = new PagedList<{ id: string; name?: string }>(ask);
  await list.reload();
  list.replace(new Map([['row 5', { id: 'row 5', name: 'new' }]]));
  expect([list.at(5)?.name, list.indexOf('row 5'), list.indexOf('row 250')]).toEqual([
    'new',
    5,
    -1,
  ]);
});
