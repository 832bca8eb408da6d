/**
 * How long a row is aimed at before it is opened when the next key comes sooner than that,
 * milliseconds.
 */
const SETTLE_MS = 120;
/**
 * How long an act pressed before its case has come waits for it, milliseconds: a slow line's case
 * comes within it, and who walked away meanwhile has stopped it.
 */
const MAX_WAIT_MS = 10_000;

/**
 * Walking the list by keys: each row is aimed at at once; held down, the key skims, and only the
 * row it rests on is opened. An act pressed meanwhile is about the row aimed at, and waits until
 * that case is there.
 */
export class KeyNavigation {
  /** A row is aimed at that is not opened yet. */
  skimming = $state(false);
  private stepped = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pending: { act: () => void; until: number } | null = null;

  step(open: () => void) {
    const now = performance.now();
    const quick = now - this.stepped < SETTLE_MS;
    this.stepped = now;
    this.stop();
    if (!quick) return open();
    this.skimming = true;
    this.timer = setTimeout(() => {
      this.skimming = false;
      open();
    }, SETTLE_MS);
  }

  /** Nothing is aimed at any more but what is open. */
  stop() {
    clearTimeout(this.timer);
    this.skimming = false;
    this.pending = null;
  }

  /** An act waits, and has not waited too long. */
  get waiting(): boolean {
    return this.pending !== null && performance.now() < this.pending.until;
  }

  wait(act: () => void) {
    this.pending = { act, until: performance.now() + MAX_WAIT_MS };
  }

  /** The case aimed at is there. */
  onCaseLoaded() {
    const act = this.waiting ? this.pending?.act : undefined;
    this.pending = null;
    act?.();
  }
}
