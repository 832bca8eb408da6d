import { api, asked, sendForm, type CaseFull, type CaseRow, type Schemas } from '../api/client';
import type { Fact } from '../api/live';
import { attempt } from '../refusals';
import { toasts } from '../ui/toasts.svelte';
import { w } from '../words/words.svelte';

export const VIEWS = [
  'open', 'now', 'quick', 'plan', 'later', 'mine', 'unowned', 'orphans', 'late', 'waiting_customer', 'waiting_colleague', 'snoozed', 'aside', 'closed',
] as const;

const id = (it: string) => ({ params: { path: { id: it } } });

/** What a person says of a reading; what is absent stays as it was read. */
type Correction = Partial<Schemas['CorrectionShown']>;

/** The list and the case being read. The list holds still: what is new waits to be shown. */
export class Inbox {
  view = $state('open');
  kind = $state('');
  /** Only cases that bear this tag. */
  tagged = $state('');
  /** The part of an imported past that is looked at. */
  import = $state('');
  part = $state('');
  rows = $state<CaseRow[]>([]);
  next = $state<string | null>(null);
  counts = $state<Record<string, number>>({});
  orphans = $state(0);
  chosen = $state(-1);
  full = $state<CaseFull | null>(null);
  waiting = $state(0);
  changed = $state<Set<string>>(new Set());
  others = $state<Schemas['LookingShown'][]>([]);
  loading = false;
  /** The case asked for last: an answer about another one comes too late to be shown. */
  private wanted = '';

  /** How many rows the view holds, as far as is known. */
  get total(): number {
    const named: Record<string, string> = { open: 'state:open', mine: 'mine', unowned: 'unowned' };
    const name = named[this.view] ?? (['now', 'quick', 'plan', 'later'].includes(this.view) ? `queue:${this.view}` : `state:${this.view}`);
    return Math.max(this.rows.length + (this.next ? 1 : 0), this.kind || this.tagged ? 0 : (this.counts[name] ?? 0));
  }

  async show(view: string, narrowed: { kind: string; tag: string }, past: { import?: string; part?: string } = {}) {
    [this.view, this.import, this.part] = [view, past.import ?? '', past.part ?? ''];
    [this.kind, this.tagged] = [narrowed.kind, narrowed.tag];
    await this.reload();
  }

  async reload() {
    await attempt(async () => {
      const page = await this.page(undefined);
      this.rows = page.cases;
      this.take(page);
      [this.waiting, this.changed] = [0, new Set()];
      this.chosen = this.full ? this.rows.findIndex((row) => row.id === this.full?.id) : -1;
    });
  }

  async more() {
    if (!this.next || this.loading) return;
    this.loading = true;
    await attempt(async () => {
      const page = await this.page(this.next ?? undefined);
      this.rows = [...this.rows, ...page.cases];
      this.take(page);
    });
    this.loading = false;
  }

  private page(after: string | undefined) {
    const kind = (this.kind || undefined) as CaseRow['kind'] | undefined;
    return asked(api.GET('/api/v1/cases', { params: { query: { view: this.view, kind, tag: this.tagged || undefined, after, limit: 100, import: this.import || undefined, part: this.part || undefined } } }));
  }

  private take(page: Schemas['CasePage']) {
    [this.next, this.counts, this.orphans] = [page.next ?? null, page.counts, page.orphans];
  }

  async read(caseId: string) {
    this.wanted = caseId;
    this.chosen = this.rows.findIndex((row) => row.id === caseId);
    const ok = await attempt(async () => {
      const full = await asked(api.GET('/api/v1/cases/{id}', id(caseId)));
      if (this.wanted === caseId) this.full = full;
    });
    if (ok && this.full?.id === caseId) void this.look(false);
  }

  /** Puts the case down. */
  leave() {
    [this.wanted, this.full] = ['', null];
  }

  /** Says that I look, and learns who else does. */
  async look(writing: boolean) {
    if (!this.full) return;
    const call = api.PUT('/api/v1/cases/{id}/presence', { ...id(this.full.id), body: { writing } });
    this.others = (await call).data ?? [];
  }

  hear(facts: Fact[], refresh: boolean) {
    if (refresh) return void this.reload();
    const ids = new Set(facts.map((fact) => fact.ids['case']).filter(Boolean));
    const known = new Set(this.rows.map((row) => row.id));
    const fresh = facts.filter((fact) => fact.act === 'case.opened' || fact.act === 'case.reopened');
    this.waiting += fresh.filter((fact) => !known.has(String(fact.ids['case']))).length;
    // In an empty list nothing can move under a hand.
    if (this.waiting && !this.rows.length) void this.reload();
    const touched = [...ids].filter((it) => it && known.has(it) && it !== this.full?.id) as string[];
    if (touched.length) this.changed = new Set([...this.changed, ...touched]);
    if (this.full && ids.has(this.full.id) && this.wanted === this.full.id) void this.read(this.full.id);
  }

  /** Does something to the case being read, shows it, and offers to undo it. */
  async act(words: string, act: () => Promise<unknown>, undo?: () => Promise<unknown>): Promise<boolean> {
    const about = this.full?.id;
    if (!(await attempt(act))) return false;
    const back = undo && about ? async () => void ((await attempt(undo)) && (await this.after(about))) : undefined;
    toasts.say(words, back);
    if (about) await this.after(about);
    return true;
  }

  private async after(caseId: string) {
    if (this.wanted === caseId) await this.read(caseId);
    await this.refreshRow(caseId);
  }

  /** The row of a case acted on stays where it is, told anew; the counts follow. */
  private async refreshRow(caseId: string) {
    const page = await this.page(undefined).catch(() => null);
    if (!page) return;
    [this.counts, this.orphans] = [page.counts, page.orphans];
    const fresh = page.cases.find((row) => row.id === caseId);
    if (fresh) this.rows = this.rows.map((row) => (row.id === caseId ? fresh : row));
    else this.changed = new Set([...this.changed, caseId]);
  }

  assign(person: string, name: string) {
    const it = this.full;
    if (!it) return;
    const before = it.owner?.id;
    const undo = () => before
      ? asked(api.PUT('/api/v1/cases/{id}/assignment', { ...id(it.id), body: { person: before } }))
      : asked(api.DELETE('/api/v1/cases/{id}/assignment', id(it.id)));
    return this.act(w('assigned_to', { name }), () => asked(api.PUT('/api/v1/cases/{id}/assignment', { ...id(it.id), body: { person } })), undo);
  }

  snooze(until: string) {
    const it = this.full;
    if (!it) return;
    return this.act(w('snoozed'), () => asked(api.PUT('/api/v1/cases/{id}/snooze', { ...id(it.id), body: { until } })),
      () => asked(api.DELETE('/api/v1/cases/{id}/snooze', id(it.id))));
  }

  step(step: number) {
    const it = this.full;
    if (!it) return;
    const before = it.why?.moved ?? 0;
    const put = (to: number) => asked(api.PUT('/api/v1/cases/{id}/step', { ...id(it.id), body: { step: to } }));
    return this.act(w('moved'), () => put(step), () => put(before));
  }

  wait(state: 'waiting_customer' | 'waiting_colleague' | null) {
    const it = this.full;
    if (!it) return;
    const resume = () => asked(api.DELETE('/api/v1/cases/{id}/waiting', id(it.id)));
    if (state === null) return this.act(w('resumed'), resume);
    return this.act(w('set_waiting'), () => asked(api.PUT('/api/v1/cases/{id}/waiting', { ...id(it.id), body: { state } })), resume);
  }

  close(form: FormData) {
    const it = this.full;
    if (!it) return Promise.resolve(false);
    return this.act(w('closed'), () => sendForm('PUT', `/api/v1/cases/${it.id}/closure`, form), () => this.reopen(it.id));
  }

  reopen(caseId: string) {
    return asked(api.DELETE('/api/v1/cases/{id}/closure', id(caseId)));
  }

  cause(cause: string | null) {
    const it = this.full;
    if (!it) return;
    const put = (to: string | undefined) => to
      ? asked(api.PUT('/api/v1/cases/{id}/cause', { ...id(it.id), body: { cause: to } }))
      : asked(api.DELETE('/api/v1/cases/{id}/cause', id(it.id)));
    const before = it.cause?.id;
    return this.act(w('cause_named'), () => put(cause ?? undefined), () => put(before));
  }

  /** Puts a tag on the case being read, or takes it off. */
  tag(tag: string, name: string, on: boolean) {
    const it = this.full;
    if (!it) return Promise.resolve(false);
    const call = (on: boolean) => (on ? api.PUT : api.DELETE)('/api/v1/cases/{id}/tags/{tag}', { params: { path: { id: it.id, tag } } });
    return this.act(w(on ? 'tag_put' : 'tag_taken', { name }), () => asked(call(on)), () => asked(call(!on)));
  }

  correct(message: string, correction: Correction, before: Correction | null | undefined) {
    const put = (to: Correction) => asked(api.PUT('/api/v1/messages/{id}/correction', { ...id(message), body: to as Schemas['CorrectionShown'] }));
    return this.act(w('corrected'), () => put({ ...(before ?? {}), ...correction, no_gate: correction.no_gate ?? before?.no_gate ?? false }),
      () => (before ? put(before) : asked(api.DELETE('/api/v1/messages/{id}/correction', id(message)))));
  }

  note(text: string) {
    const it = this.full;
    if (!it) return Promise.resolve(false);
    return this.act(w('note_kept'), () => asked(api.POST('/api/v1/cases/{id}/notes', { ...id(it.id), body: { text } })));
  }

  revoke(question: string) {
    const it = this.full;
    if (!it) return;
    return this.act(w('question_taken_back'), () => asked(api.DELETE('/api/v1/cases/{id}/questions/{question}', { params: { path: { id: it.id, question } } })));
  }

  async split(messages: string[]) {
    const it = this.full;
    if (!it) return;
    let move = '';
    await this.act(w('split_done'), async () => {
      move = (await asked(api.POST('/api/v1/cases/{id}/split', { ...id(it.id), body: { messages } }))).id;
    }, () => asked(api.DELETE('/api/v1/moves/{id}', id(move))));
  }

  async join(into: string) {
    const it = this.full;
    if (!it) return;
    let move = '';
    await this.act(w('join_done'), async () => {
      move = (await asked(api.POST('/api/v1/cases/{id}/join', { ...id(it.id), body: { into } }))).id;
    }, () => asked(api.DELETE('/api/v1/moves/{id}', id(move))));
  }

  undoMove(move: string) {
    return this.act(w('undone'), () => asked(api.DELETE('/api/v1/moves/{id}', id(move))));
  }
}
