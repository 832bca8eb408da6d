import { expect, test, vi } from 'vitest';

vi.stubGlobal('localStorage', {
  kept: {} as Record<string, string>,
  getItem: () => null,
  setItem: () => {},
  removeItem: () => {},
});
const { commands, formatKey } = await import('./commands.svelte');

const press = (key: string, more: Partial<KeyboardEvent> = {}) => {
  const event = {
    key,
    defaultPrevented: false,
    preventDefault: vi.fn(),
    target: null,
    ...more,
  } as unknown as KeyboardEvent;
  commands.press(event);
  return event;
};

test('a letter runs what was offered last; nothing once it is withdrawn', () => {
  const [page, dialog] = [vi.fn(), vi.fn()];
  commands.register([{ id: 'end', name: () => 'Close', key: 'e', run: page }]);
  const withdraw = commands.register([
    { id: 'end', name: () => 'Close this', key: 'e', run: dialog },
  ]);
  press('E');
  expect([page.mock.calls.length, dialog.mock.calls.length]).toEqual([0, 1]);
  withdraw();
  press('e');
  expect(page).toHaveBeenCalledOnce();
});

test('two letters in a row go somewhere, and the second alone does not', () => {
  const [go, alone] = [vi.fn(), vi.fn()];
  commands.register([
    { id: 'go.inbox', name: () => 'Inbox', key: 'g i', run: go },
    { id: 'mine', name: () => 'To me', key: 'i', run: alone },
  ]);
  press('g');
  press('i');
  expect([go.mock.calls.length, alone.mock.calls.length]).toEqual([1, 0]);
  press('i');
  expect(alone).toHaveBeenCalledOnce();
});

test('a command takes another key, and whoever had it loses it; all come back', () => {
  const [one, two] = [vi.fn(), vi.fn()];
  const first = { id: 'one', name: () => 'one', key: 'x', run: one };
  commands.register([first, { id: 'two', name: () => 'two', key: 'y', run: two }]);
  commands.remap(first, 'y');
  press('y');
  press('x');
  expect([one.mock.calls.length, two.mock.calls.length]).toEqual([1, 0]);
  commands.reset();
  press('y');
  expect(two).toHaveBeenCalledOnce();
});

test('letters do nothing in a field, with Ctrl, or switched off', () => {
  const run = vi.fn();
  commands.register([{ id: 'z', name: () => 'undo', key: 'z', run }]);
  press('z', { ctrlKey: true });
  press('z', { target: { closest: () => ({}) } as unknown as EventTarget });
  commands.switch();
  press('z');
  expect(run).not.toHaveBeenCalled();
  commands.switch();
  press('z');
  expect(run).toHaveBeenCalledOnce();
  expect(formatKey('g i') + formatKey('enter')).toBe('G IEnter');
});
