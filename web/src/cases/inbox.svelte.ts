import { SvelteSet } from 'svelte/reactivity';
import { api, unwrap, type CaseResponse, type CaseRowResponse, type Schemas } from '../api/client';
import type { Fact } from '../api/live';
import { Loadable } from '../loadable.svelte';
import { session } from '../session.svelte';
import { withErrorToast } from '../errors';
import { toasts } from '../ui/toasts.svelte';
import { PagedList } from '../ui/paged_list.svelte';
import { i18n } from '../i18n/i18n.svelte';
import { matchesFilters, isNarrowed, type Filters } from './filters';
import { queueCounts } from './queue_counts.svelte';

/** Rows asked for at once. */
const PAGE = 100;
/**
 * What changes in a case before the server has answered: shown at once, taken back when it refuses.
 */
export type Change = { row?: Partial<CaseRowResponse>; full?: Partial<CaseResponse> };
/** An act on a case: its words, what it changes on the screen, and its contrary. */
export type Act = {
  words: string;
  optimistic?: Change;
  call: () => Promise<unknown>;
  undo?: () => Promise<unknown>;
};

const pathOf = (id: string) => ({ params: { path: { id } } });

/** The list and the case being read. The list holds still: what is new waits to be shown. */
export class Inbox {
  filters = $state<Filters>({ view: 'open' });
  list = new PagedList<CaseRowResponse>((after, until) => this.page(after, until));
  loadable = new Loadable(() => this.reloadList());
  chosen = $state(-1);
  selected = new SvelteSet<string>();
  full = $state<CaseResponse | null>(null);
  /** Cases that came since the list was shown. */
  newCount = $state(0);
  viewers = $state<Schemas['PresenceResponse'][]>([]);
  /** The last instant at which the list was known to be right. */
  syncedAt = $state(0);
  /** A case its reader put back among the unread: it stays so until another is read. */
  keptUnreadId = '';
  /** The last words said to be seen: a case and its stamp. */
  private lastSeen = '';
  /** The case asked for from the list. */
  openingId = '';
  /** Walks the list: how is the page's to say. */
  onStep: (by: number) => void = () => {};
  /** Steps asked for before there was a list to walk. */
  private pendingSteps = 0;
  private anchor = -1;
  /** The case asked for last: an answer about another one comes too late to be shown. */
  private requestedId = '';
  private dirtyIds = new Set<string>();
  private shownIds = new Set<string>();
  private refreshTimer: ReturnType<typeof setTimeout> | undefined;

  /** How many rows the view holds, as far as is known; -1 when nobody counted. */
  get total(): number {
    if (this.list.ended) return this.list.length;
    if (isNarrowed(this.filters) || ['past', 'found', 'late'].includes(this.filters.view))
      return -1;
    return Math.max(this.list.length, queueCounts.count(this.filters.view));
  }

  async show(filters: Filters) {
    this.filters = filters;
    [this.chosen, this.anchor] = [-1, -1];
    this.selected.clear();
    this.loadable.invalidate();
    await this.reload();
  }

  /** A step down or up; kept until the list has come. */
  step(by: number) {
    if (this.list.ready) this.onStep(by);
    else this.pendingSteps += by;
  }

  async reload() {
    await this.loadable.load();
  }

  private async reloadList() {
    let aimed = '';
    // Who walks the list while it is loaded again stands on the same case afterwards.
    const came = await this.list.reload(
      () => (aimed = (this.chosen >= 0 ? this.list.at(this.chosen)?.id : '') || this.requestedId),
    );
    if (!came) return;
    this.newCount = 0;
    this.syncedAt = i18n.now();
    this.chosen = aimed ? this.list.indexOf(aimed) : -1;
    const steps = this.pendingSteps;
    this.pendingSteps = 0;
    if (steps) this.onStep(steps);
  }

  private async page(after: string | undefined, until: string | undefined) {
    if (this.filters.view === 'found') return this.found(after);
    const { q: _, ...parameters } = this.filters;
    const unread = parameters.unread ? true : undefined;
    const query = { ...parameters, unread, after, until, limit: PAGE } as { view: string };
    const page = await unwrap(api.GET('/api/v1/cases', { params: { query } }));
    queueCounts.set(page);
    return { rows: page.cases, next: page.next ?? null };
  }

  /** The cases of the messages a search finds, as rows; each once. */
  private async found(after: string | undefined) {
    if (!after) this.shownIds.clear();
    const query = { q: this.filters.q ?? '', order: this.filters.order ?? 'rank', after };
    const page = await unwrap(api.GET('/api/v1/search', { params: { query } }));
    const fresh = [...new Set(page.results.map((it) => it.case))].filter(
      (id) => !this.shownIds.has(id),
    );
    fresh.forEach((id) => this.shownIds.add(id));
    return { rows: await this.rowsOf(fresh), next: page.next ?? null };
  }

  private async rowsOf(ids: string[]): Promise<CaseRowResponse[]> {
    if (!ids.length) return [];
    return unwrap(api.GET('/api/v1/case-rows', { params: { query: { ids: ids.join(',') } } }));
  }

  async read(caseId: string) {
    this.requestedId = caseId;
    if (this.keptUnreadId !== caseId) this.keptUnreadId = '';
    // Who walks the list meanwhile is not moved back: neither by the case asked for from there, nor
    // by one told again.
    if (this.full?.id !== caseId && this.openingId !== caseId)
      this.chosen = this.list.indexOf(caseId);
    const ok = await withErrorToast(async () => {
      const full = await unwrap(api.GET('/api/v1/cases/{id}', pathOf(caseId)));
      if (this.requestedId === caseId) this.full = full;
    });
    if (ok && this.full?.id === caseId) void this.reportPresence(false);
  }

  /** Puts the case down. */
  closeCase() {
    [this.requestedId, this.full] = ['', null];
  }

  /** Says that I look, and learns who else does; what is looked at is read. */
  async reportPresence(writing: boolean) {
    const about = this.full?.id;
    if (!about) return;
    const call = await api
      .PUT('/api/v1/cases/{id}/presence', { ...pathOf(about), body: { writing } })
      .catch(() => null);
    if (call?.data && this.full?.id === about) this.viewers = call.data;
    if (this.keptUnreadId === about || !session.can('work_cases')) return;
    const index = this.list.indexOf(about);
    const row = index >= 0 ? this.list.at(index) : null;
    const stamp = `${about} ${this.full?.stamp ?? 0}`;
    if (row?.unread === false || this.lastSeen === stamp) return;
    const seen = await api.PUT('/api/v1/cases/{id}/seen', pathOf(about)).catch(() => null);
    if (!seen?.response.ok) return;
    this.lastSeen = stamp;
    if (row) this.list.replace(new Map([[about, { ...row, unread: false }]]));
  }

  onFacts(facts: Fact[], refresh: boolean) {
    queueCounts.scheduleRefresh();
    if (refresh) return void this.reload();
    const ids = new Set(facts.map((fact) => String(fact.ids['case'] ?? '')).filter(Boolean));
    const came = facts
      .filter((fact) => ['case.opened', 'case.reopened'].includes(fact.act))
      .map((fact) => String(fact.ids['case']));
    this.newCount += new Set(came.filter((id) => this.list.indexOf(id) < 0)).size;
    // In an empty list nothing can move under a hand.
    if (this.newCount && !this.list.length) void this.reload();
    for (const id of ids) if (this.list.indexOf(id) >= 0) this.dirtyIds.add(id);
    // Told that something changed, and not what: any row may be somebody else's by now.
    if (!facts.length) for (const row of this.list.loadedRows()) this.dirtyIds.add(row.id);
    if (this.dirtyIds.size) this.refreshTimer ??= setTimeout(() => void this.refreshRows(), 300);
    if (this.full && ids.has(this.full.id) && this.requestedId === this.full.id)
      void this.read(this.full.id);
  }

  /** Rows somebody acted on are refreshed in their place. */
  private async refreshRows() {
    const ids = [...this.dirtyIds].slice(0, PAGE);
    ids.forEach((id) => this.dirtyIds.delete(id));
    this.refreshTimer = this.dirtyIds.size
      ? setTimeout(() => void this.refreshRows(), 300)
      : undefined;
    const rows = await this.rowsOf(ids).catch(() => []);
    this.list.replace(new Map(rows.map((row) => [row.id, row])));
  }

  /** A row that belongs here no more stays, dimmed, until the list is asked for again. */
  isStale(row: CaseRowResponse): boolean {
    return !matchesFilters(row, this.filters, session.who?.person.name ?? '');
  }

  /** Does something to the case being read, shows it at once, and offers to undo it. */
  act(act: Act): Promise<boolean> {
    return toasts.track(this.perform(act));
  }

  private async perform(act: Act): Promise<boolean> {
    const about = this.full?.id;
    const back = about && act.optimistic ? this.applyOptimistic(about, act.optimistic) : () => {};
    if (!(await withErrorToast(act.call))) {
      back();
      return false;
    }
    const { undo } = act;
    toasts.say(
      act.words,
      undo && about
        ? async () => void ((await withErrorToast(undo)) && (await this.after([about])))
        : undefined,
    );
    if (about) void this.after([about]);
    return true;
  }

  /** Shows a change; the answer takes it back. */
  private applyOptimistic(caseId: string, change: Change): () => void {
    const index = this.list.indexOf(caseId);
    const row = index >= 0 ? this.list.at(index) : null;
    const full = this.full?.id === caseId ? this.full : null;
    if (row && change.row) this.list.replace(new Map([[caseId, { ...row, ...change.row }]]));
    if (full && change.full) this.full = { ...full, ...change.full };
    return () => {
      if (row) this.list.replace(new Map([[caseId, row]]));
      if (full && this.full?.id === caseId) this.full = full;
    };
  }

  /** After an act the server has the last word: what was shown is refreshed, the counts follow. */
  async after(cases: string[]) {
    queueCounts.scheduleRefresh();
    const reading = this.full && cases.includes(this.full.id) && this.requestedId === this.full.id;
    const [rows] = await Promise.all([
      this.rowsOf(cases.filter((id) => this.list.indexOf(id) >= 0)).catch(() => []),
      reading ? this.read(this.full?.id ?? '') : undefined,
    ]);
    this.list.replace(new Map(rows.map((row) => [row.id, row])));
  }

  /** Selects a row, or no longer; with Shift everything from the last one. */
  select(index: number, extend = false) {
    const row = this.list.at(index);
    if (!row) return;
    if (extend && this.anchor >= 0) {
      const [from, to] = [Math.min(this.anchor, index), Math.max(this.anchor, index)];
      for (let at = from; at <= to; at++) {
        const between = this.list.at(at);
        if (between) this.selected.add(between.id);
      }
    } else if (!this.selected.delete(row.id)) this.selected.add(row.id);
    this.anchor = index;
  }

  /** The cases an act is about: those selected, else the one being read. */
  get targetIds(): string[] {
    return this.selected.size ? [...this.selected] : this.full ? [this.full.id] : [];
  }
}
