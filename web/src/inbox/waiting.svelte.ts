import { api, type Schemas } from '../api/client';
import { myself } from '../me.svelte';
import { countName } from './filters';

type Counts = Schemas['InboxCounts'];
type KeptView = Schemas['SavedViewShown'];

/** At most one question a second, however many facts arrive. */
const PACE = 1_000;
/**
 * Counting kept views may be dear in a large house: they are asked for again after so many times
 * what they took.
 */
const RARER = 20;

/**
 * How many wait where, and the views people keep: right without asking all the time, for each fact
 * brings the question.
 */
class Waiting {
  counts = $state<Counts>({ counts: {}, orphans: 0, unread: 0 });
  views = $state<KeptView[]>([]);
  private asking: ReturnType<typeof setTimeout> | undefined;
  private viewsAgain = 0;

  /** How many a view holds; 0 when nobody counts it. */
  count(view: string): number {
    return view === 'orphans' ? this.counts.orphans : (this.counts.counts[countName(view)] ?? 0);
  }

  take(counts: Counts) {
    this.counts = { counts: counts.counts, orphans: counts.orphans, unread: counts.unread };
  }

  /** Something happened. */
  hear() {
    this.asking ??= setTimeout(() => {
      this.asking = undefined;
      void this.ask();
      if (performance.now() >= this.viewsAgain) void this.askViews();
    }, PACE);
  }

  async ask() {
    const found = await api.GET('/api/v1/counts').catch(() => null);
    if (found?.data) this.take(found.data);
  }

  async askViews() {
    if (!myself.can('see_cases')) return;
    const begun = performance.now();
    const found = await api.GET('/api/v1/saved-views').catch(() => null);
    if (found?.data) this.views = found.data;
    this.viewsAgain = performance.now() + RARER * (performance.now() - begun);
  }
}

export const waiting = new Waiting();
