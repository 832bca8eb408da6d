import { api, type Schemas } from '../api/client';
import { session } from '../session.svelte';
import { countName } from './filters';

type Counts = Schemas['InboxCountsResponse'];
type SavedView = Schemas['SavedViewResponse'];

/** At most one question a second, however many facts arrive. */
const MIN_INTERVAL = 1_000;
/**
 * Counting kept views may be dear in a large company: they are asked for again after so many times
 * what they took.
 */
const VIEWS_COST_FACTOR = 20;

/**
 * How many wait where, and the views people keep: right without asking all the time, for each fact
 * brings the question.
 */
class QueueCounts {
  counts = $state<Counts>({ counts: {}, orphans: 0, unread: 0 });
  views = $state<SavedView[]>([]);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private nextViewsAt = 0;

  /** How many a view holds; 0 when nobody counts it. */
  count(view: string): number {
    return view === 'orphans' ? this.counts.orphans : (this.counts.counts[countName(view)] ?? 0);
  }

  set(counts: Counts) {
    this.counts = { counts: counts.counts, orphans: counts.orphans, unread: counts.unread };
  }

  /** Something happened. */
  scheduleRefresh() {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.refresh();
      if (performance.now() >= this.nextViewsAt) void this.refreshViews();
    }, MIN_INTERVAL);
  }

  async refresh() {
    const found = await api.GET('/api/v1/counts').catch(() => null);
    if (found?.data) this.set(found.data);
  }

  async refreshViews() {
    if (!session.can('see_cases')) return;
    const startedAt = performance.now();
    const found = await api.GET('/api/v1/saved-views').catch(() => null);
    if (found?.data) this.views = found.data;
    this.nextViewsAt = performance.now() + VIEWS_COST_FACTOR * (performance.now() - startedAt);
  }
}

export const queueCounts = new QueueCounts();
