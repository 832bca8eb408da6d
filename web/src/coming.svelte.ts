import { said } from './refusals';
import { toasts } from './ui/toasts.svelte';

/** How long one waits before being told that something is on its way, milliseconds. */
const SLOW = 300;

/**
 * What a page asks for as it opens: on its way, there, or refused. What is there stays when it is
 * asked for again in vain.
 */
export class Coming<From extends unknown[] = []> {
  here = $state(false);
  failed = $state('');
  slow = $state(false);
  private other = false;
  private run = 0;

  constructor(private ask: (...from: From) => Promise<unknown>) {}

  load = async (...from: From): Promise<boolean> => {
    const run = ++this.run;
    const late = setTimeout(() => (this.slow = !this.here), SLOW);
    try {
      await this.ask(...from);
      if (run === this.run) [this.here, this.failed, this.other] = [true, '', false];
      return true;
    } catch (why) {
      // Asked for once more meanwhile: that answer counts.
      if (run !== this.run) return false;
      if (this.here && !this.other) toasts.fail(said(why));
      else [this.here, this.failed] = [false, said(why)];
      return false;
    } finally {
      clearTimeout(late);
      if (run === this.run) this.slow = false;
    }
  };

  /**
   * Something else is asked for: what was there stays until the answer, and goes when it is
   * refused.
   */
  anew() {
    this.other = true;
  }
}
