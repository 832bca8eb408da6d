/**
 * How long a row is aimed at before it is opened when the next key comes sooner than that,
 * milliseconds.
 */
const REST = 120;
/** How long an act pressed before its case has come waits for it, milliseconds. */
const PATIENCE = 2_000;

/**
 * Walking the list by keys: each row is aimed at at once; held down, the key skims, and only the
 * row it rests on is opened. An act pressed meanwhile is about the row aimed at, and waits until
 * that case is there.
 */
export class Walk {
  /** A row is aimed at that is not opened yet. */
  skims = $state(false);
  private stepped = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waits: { act: () => void; until: number } | null = null;

  step(open: () => void) {
    const now = performance.now();
    const quick = now - this.stepped < REST;
    this.stepped = now;
    this.stop();
    if (!quick) return open();
    this.skims = true;
    this.timer = setTimeout(() => {
      this.skims = false;
      open();
    }, REST);
  }

  /** Nothing is aimed at any more but what is open. */
  stop() {
    clearTimeout(this.timer);
    this.skims = false;
    this.waits = null;
  }

  /** An act waits, and has not waited too long. */
  get waiting(): boolean {
    return this.waits !== null && performance.now() < this.waits.until;
  }

  wait(act: () => void) {
    this.waits = { act, until: performance.now() + PATIENCE };
  }

  /** The case aimed at is there. */
  arrived() {
    const act = this.waiting ? this.waits?.act : undefined;
    this.waits = null;
    act?.();
  }
}
