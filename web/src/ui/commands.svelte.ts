import { untrack } from 'svelte';

/**
 * Something the page can do, with a stable name, words, and the key it begins with. Keys are
 * letters by `event.key`, so that every keyboard agrees; `g i` is two in a row.
 */
export type Command = {
  id: string;
  name: () => string;
  key?: string;
  run: () => void;
  group?: string;
};

/** How long the second letter of two is waited for. */
const PATIENCE = 1_500;

/** What walks the list or turns back. */
const WALKS = ['next', 'previous', 'back'];

/**
 * Single letters never act inside a field; they can be switched off or given another key (WCAG
 * 2.1.4).
 */
class Commands {
  on = $state(stored('vigie.keys') !== 'off');
  private customKeys = $state<Record<string, string>>(read());
  private registered = $state.raw<{ owner: symbol; commands: Command[] }[]>([]);
  /**
   * Says that something pressed waits for its moment: until then only what walks or turns back is
   * heard.
   */
  held: () => boolean = () => false;
  private first = '';
  private chordTimer: ReturnType<typeof setTimeout> | undefined;

  /** What can be done now, what was offered last before the rest; each id once. */
  get all(): Command[] {
    const seen = new Set<string>();
    return this.registered
      .flatMap((it) => it.commands)
      .filter((it) => !seen.has(it.id) && seen.add(it.id));
  }

  /**
   * Offers commands until the answer is called; beneath those of the page when they are always
   * there.
   */
  register(commands: Command[], asFallback = false): () => void {
    const owner = Symbol();
    // Whoever offers does not depend on what others offer.
    const offered = { owner, commands };
    untrack(
      () =>
        (this.registered = asFallback
          ? [...this.registered, offered]
          : [offered, ...this.registered]),
    );
    return () =>
      untrack(() => (this.registered = this.registered.filter((it) => it.owner !== owner)));
  }

  keyOf(command: Command): string {
    return this.customKeys[command.id] ?? command.key ?? '';
  }

  /** Gives a command another key, or none; whoever had it before has none. */
  remap(command: Command, key: string) {
    const own = { ...this.customKeys, [command.id]: key };
    for (const other of this.all)
      if (key && other.id !== command.id && this.keyOf(other) === key) own[other.id] = '';
    this.customKeys = own;
    localStorage.setItem('vigie.keys.own', JSON.stringify(own));
  }

  get remapped(): boolean {
    return Object.keys(this.customKeys).length > 0;
  }

  reset() {
    this.customKeys = {};
    localStorage.removeItem('vigie.keys.own');
  }

  switch() {
    this.on = !this.on;
    localStorage.setItem('vigie.keys', this.on ? 'on' : 'off');
  }

  /** Runs what the key asks for. */
  press(event: KeyboardEvent) {
    if (
      event.defaultPrevented ||
      !this.on ||
      inField(event) ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    )
      return;
    const key = event.key.toLowerCase();
    // A button pressed by its own key does what the button says.
    if (
      ['enter', ' '].includes(key) &&
      (event.target as Element | null)?.closest('button, a, summary')
    )
      return;
    const wanted = this.first ? `${this.first} ${key}` : key;
    this.first = '';
    clearTimeout(this.chordTimer);
    const command = this.all.find((it) => this.keyOf(it) === wanted) ?? this.alias(wanted);
    if (command) {
      event.preventDefault();
      if (!this.held() || WALKS.includes(command.id)) command.run();
    } else if (this.all.some((it) => this.keyOf(it).startsWith(`${wanted} `))) {
      event.preventDefault();
      this.first = wanted;
      this.chordTimer = setTimeout(() => (this.first = ''), PATIENCE);
    }
  }

  /** The arrows do what J and K do, whatever letters these were given. */
  private alias(key: string): Command | undefined {
    const id = { arrowdown: 'next', arrowup: 'previous' }[key];
    return id ? this.all.find((it) => it.id === id) : undefined;
  }
}

function stored(name: string): string | null {
  return typeof localStorage === 'undefined' ? null : localStorage.getItem(name);
}

function read(): Record<string, string> {
  try {
    return JSON.parse(stored('vigie.keys.own') ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

export function inField(event: KeyboardEvent): boolean {
  const target = event.target as Element | null;
  // Behind an open window nothing is pressed, wherever the focus fell.
  const behind = typeof document !== 'undefined' && document.querySelector('dialog[open]') !== null;
  return behind || Boolean(target?.closest?.('input, textarea, select, [contenteditable], dialog'));
}

/** A key as it is shown: `g i` as "G I". */
export const formatKey = (key: string): string =>
  key
    .split(' ')
    .map((it) => ({ enter: 'Enter', escape: 'Esc', ' ': '␣' })[it] ?? it.toUpperCase())
    .join(' ');

export const commands = new Commands();
