import { SvelteSet } from 'svelte/reactivity';
import { api, asked, type CaseFull, type CaseRow, type Schemas } from '../api/client';
import type { Fact } from '../api/live';
import { Coming } from '../coming.svelte';
import { myself } from '../me.svelte';
import { attempt } from '../refusals';
import { toasts } from '../ui/toasts.svelte';
import { Windows } from '../ui/windows.svelte';
import { speech } from '../words/words.svelte';
import { belongs, narrowed, type Filters } from './filters';
import { waiting } from './waiting.svelte';

/** Rows asked for at once. */
const PAGE = 100;
/**
 * What changes in a case before the house has answered: shown at once, taken back when it refuses.
 */
export type Change = { row?: Partial<CaseRow>; full?: Partial<CaseFull> };
/** An act on a case: its words, what it changes on the screen, and its contrary. */
export type Act = {
  words: string;
  shows?: Change;
  call: () => Promise<unknown>;
  undo?: () => Promise<unknown>;
};

const pathOf = (id: string) => ({ params: { path: { id } } });

/** The list and the case being read. The list holds still: what is new waits to be shown. */
export class Inbox {
  filters = $state<Filters>({ view: 'open' });
  list = new Windows<CaseRow>((after, until) => this.page(after, until));
  coming = new Coming(() => this.askAnew());
  chosen = $state(-1);
  selected = new SvelteSet<string>();
  full = $state<CaseFull | null>(null);
  /** Cases that came since the list was shown. */
  fresh = $state(0);
  others = $state<Schemas['LookingShown'][]>([]);
  /** The last instant at which the list was known to be right. */
  knownAt = $state(0);
  /** A case its reader put back among the unread: it stays so until another is read. */
  keptUnread = '';
  /** The last words said to be seen: a case and its stamp. */
  private saw = '';
  /** The case asked for from the list. */
  opening = '';
  /** Walks the list: how is the page's to say. */
  walk: (by: number) => void = () => {};
  /** Steps asked for before there was a list to walk. */
  private steps = 0;
  private anchor = -1;
  /** The case asked for last: an answer about another one comes too late to be shown. */
  private wanted = '';
  private touched = new Set<string>();
  private foundAlready = new Set<string>();
  private telling: ReturnType<typeof setTimeout> | undefined;

  /** How many rows the view holds, as far as is known; -1 when nobody counted. */
  get total(): number {
    if (this.list.ended) return this.list.length;
    if (narrowed(this.filters) || ['past', 'found', 'late'].includes(this.filters.view)) return -1;
    return Math.max(this.list.length, waiting.count(this.filters.view));
  }

  async show(filters: Filters) {
    this.filters = filters;
    [this.chosen, this.anchor] = [-1, -1];
    this.selected.clear();
    this.coming.anew();
    await this.reload();
  }

  /** A step down or up; kept until the list has come. */
  step(by: number) {
    if (this.list.ready) this.walk(by);
    else this.steps += by;
  }

  async reload() {
    await this.coming.load();
  }

  private async askAnew() {
    let aimed = '';
    // Who walks the list while it comes anew stands on the same case when it has.
    const came = await this.list.reload(
      () => (aimed = (this.chosen >= 0 ? this.list.at(this.chosen)?.id : '') || this.wanted),
    );
    if (!came) return;
    this.fresh = 0;
    this.knownAt = speech.now();
    this.chosen = aimed ? this.list.placeOf(aimed) : -1;
    const steps = this.steps;
    this.steps = 0;
    if (steps) this.walk(steps);
  }

  private async page(after: string | undefined, until: string | undefined) {
    if (this.filters.view === 'found') return this.found(after);
    const { q: _, ...told } = this.filters;
    const unread = told.unread ? true : undefined;
    const query = { ...told, unread, after, until, limit: PAGE } as { view: string };
    const page = await asked(api.GET('/api/v1/cases', { params: { query } }));
    waiting.take(page);
    return { rows: page.cases, next: page.next ?? null };
  }

  /** The cases of the messages a search finds, as rows; each once. */
  private async found(after: string | undefined) {
    if (!after) this.foundAlready.clear();
    const query = { q: this.filters.q ?? '', order: this.filters.order ?? 'rank', after };
    const page = await asked(api.GET('/api/v1/search', { params: { query } }));
    const fresh = [...new Set(page.results.map((it) => it.case))].filter(
      (id) => !this.foundAlready.has(id),
    );
    fresh.forEach((id) => this.foundAlready.add(id));
    return { rows: await this.rowsOf(fresh), next: page.next ?? null };
  }

  private async rowsOf(ids: string[]): Promise<CaseRow[]> {
    if (!ids.length) return [];
    return asked(api.GET('/api/v1/case-rows', { params: { query: { ids: ids.join(',') } } }));
  }

  async read(caseId: string) {
    this.wanted = caseId;
    if (this.keptUnread !== caseId) this.keptUnread = '';
    // Who walks the list meanwhile is not moved back: neither by the case asked for from there, nor
    // by one told anew.
    if (this.full?.id !== caseId && this.opening !== caseId)
      this.chosen = this.list.placeOf(caseId);
    const ok = await attempt(async () => {
      const full = await asked(api.GET('/api/v1/cases/{id}', pathOf(caseId)));
      if (this.wanted === caseId) this.full = full;
    });
    if (ok && this.full?.id === caseId) void this.look(false);
  }

  /** Puts the case down. */
  leave() {
    [this.wanted, this.full] = ['', null];
  }

  /** Says that I look, and learns who else does; what is looked at is read. */
  async look(writing: boolean) {
    const about = this.full?.id;
    if (!about) return;
    const call = await api
      .PUT('/api/v1/cases/{id}/presence', { ...pathOf(about), body: { writing } })
      .catch(() => null);
    if (call?.data && this.full?.id === about) this.others = call.data;
    if (this.keptUnread === about || !myself.can('work_cases')) return;
    const place = this.list.placeOf(about);
    const row = place >= 0 ? this.list.at(place) : null;
    const stamp = `${about} ${this.full?.stamp ?? 0}`;
    if (row?.unread === false || this.saw === stamp) return;
    const seen = await api.PUT('/api/v1/cases/{id}/seen', pathOf(about)).catch(() => null);
    if (!seen?.response.ok) return;
    this.saw = stamp;
    if (row) this.list.replace(new Map([[about, { ...row, unread: false }]]));
  }

  hear(facts: Fact[], refresh: boolean) {
    waiting.hear();
    if (refresh) return void this.reload();
    const ids = new Set(facts.map((fact) => String(fact.ids['case'] ?? '')).filter(Boolean));
    const came = facts
      .filter((fact) => ['case.opened', 'case.reopened'].includes(fact.act))
      .map((fact) => String(fact.ids['case']));
    this.fresh += new Set(came.filter((id) => this.list.placeOf(id) < 0)).size;
    // In an empty list nothing can move under a hand.
    if (this.fresh && !this.list.length) void this.reload();
    for (const id of ids) if (this.list.placeOf(id) >= 0) this.touched.add(id);
    if (this.touched.size) this.telling ??= setTimeout(() => void this.tellAnew(), 300);
    if (this.full && ids.has(this.full.id) && this.wanted === this.full.id)
      void this.read(this.full.id);
  }

  /** Rows somebody acted on are told anew where they stand. */
  private async tellAnew() {
    const ids = [...this.touched].slice(0, PAGE);
    ids.forEach((id) => this.touched.delete(id));
    this.telling = this.touched.size ? setTimeout(() => void this.tellAnew(), 300) : undefined;
    const rows = await this.rowsOf(ids).catch(() => []);
    this.list.replace(new Map(rows.map((row) => [row.id, row])));
  }

  /** A row that belongs here no more stays, dimmed, until the list is asked for again. */
  gone(row: CaseRow): boolean {
    return !belongs(row, this.filters, myself.who?.person.name ?? '');
  }

  /** Does something to the case being read, shows it at once, and offers to undo it. */
  act(act: Act): Promise<boolean> {
    return toasts.during(this.done(act));
  }

  private async done(act: Act): Promise<boolean> {
    const about = this.full?.id;
    const back = about && act.shows ? this.shown(about, act.shows) : () => {};
    if (!(await attempt(act.call))) {
      back();
      return false;
    }
    const { undo } = act;
    toasts.say(
      act.words,
      undo && about
        ? async () => void ((await attempt(undo)) && (await this.after([about])))
        : undefined,
    );
    if (about) void this.after([about]);
    return true;
  }

  /** Shows a change; the answer takes it back. */
  private shown(caseId: string, change: Change): () => void {
    const place = this.list.placeOf(caseId);
    const row = place >= 0 ? this.list.at(place) : null;
    const full = this.full?.id === caseId ? this.full : null;
    if (row && change.row) this.list.replace(new Map([[caseId, { ...row, ...change.row }]]));
    if (full && change.full) this.full = { ...full, ...change.full };
    return () => {
      if (row) this.list.replace(new Map([[caseId, row]]));
      if (full && this.full?.id === caseId) this.full = full;
    };
  }

  /** After an act the house has the word: what was shown is told anew, the counts follow. */
  async after(cases: string[]) {
    waiting.hear();
    const reading = this.full && cases.includes(this.full.id) && this.wanted === this.full.id;
    const [rows] = await Promise.all([
      this.rowsOf(cases.filter((id) => this.list.placeOf(id) >= 0)).catch(() => []),
      reading ? this.read(this.full?.id ?? '') : undefined,
    ]);
    this.list.replace(new Map(rows.map((row) => [row.id, row])));
  }

  /** Selects a row, or no longer; with Shift everything from the last one. */
  select(place: number, extend = false) {
    const row = this.list.at(place);
    if (!row) return;
    if (extend && this.anchor >= 0) {
      const [from, to] = [Math.min(this.anchor, place), Math.max(this.anchor, place)];
      for (let at = from; at <= to; at++) {
        const between = this.list.at(at);
        if (between) this.selected.add(between.id);
      }
    } else if (!this.selected.delete(row.id)) this.selected.add(row.id);
    this.anchor = place;
  }

  /** The cases an act is about: those selected, else the one being read. */
  get aimedAt(): string[] {
    return this.selected.size ? [...this.selected] : this.full ? [this.full.id] : [];
  }
}
