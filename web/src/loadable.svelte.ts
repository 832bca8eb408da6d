import { errorMessage } from './errors';
import { toasts } from './ui/toasts.svelte';

/** How long one waits before being told that something is on its way, milliseconds. */
const SLOW = 300;

/**
 * What a page asks for as it opens: on its way, there, or refused. What is there stays when it is
 * asked for again in vain.
 */
export class Loadable<From extends unknown[] = []> {
  loaded = $state(false);
  failed = $state('');
  slow = $state(false);
  private stale = false;
  private run = 0;

  constructor(private fetch: (...from: From) => Promise<unknown>) {}

  load = async (...from: From): Promise<boolean> => {
    const run = ++this.run;
    const late = setTimeout(() => (this.slow = !this.loaded), SLOW);
    try {
      await this.fetch(...from);
      if (run === this.run) [this.loaded, this.failed, this.stale] = [true, '', false];
      return true;
    } catch (error) {
      // Asked for once more meanwhile: that answer counts.
      if (run !== this.run) return false;
      if (this.loaded && !this.stale) toasts.fail(errorMessage(error));
      else [this.loaded, this.failed] = [false, errorMessage(error)];
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
  invalidate() {
    this.stale = true;
  }
}
