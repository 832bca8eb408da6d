import { api, unwrap, ApiError, sendForm, type CaseResponse, type Schemas } from '../api/client';
import { withErrorToast } from '../errors';
import { toasts } from '../ui/toasts.svelte';
import { count, t, formatDateTime } from '../i18n/i18n.svelte';
import type { Inbox } from './inbox.svelte';

/** What a person says of a reading; what is absent stays as it was read. */
type Correction = Partial<Schemas['Correction']>;
type BulkAct = Schemas['BulkAction'];

const id = (it: string) => ({ params: { path: { id: it } } });

/** How many cases were left as they were, and why. */
const skippedMessage = (left: Schemas['SkippedCase'][]) =>
  `${count(left.length, 'bulk_left_one', 'bulk_left_many')} ${[...new Set(left.map((it) => it.detail))].join('; ')}`;

/** A case left as it was is a refusal, when it is the only one asked about. */
function throwIfSkipped(done: Schemas['BulkResponse']) {
  const [left] = done.left;
  if (left) throw new ApiError(left.problem, left.detail, 422);
}

/**
 * Everything a person does to the cases aimed at: those selected, together and in one request; else
 * the one being read.
 */
export class CaseActions {
  constructor(private inbox: Inbox) {}

  private get full(): CaseResponse {
    if (!this.inbox.full) throw new Error('no case is being read');
    return this.inbox.full;
  }

  /** The same act on every selected case, undone as a whole. */
  private bulkAct(act: BulkAct): Promise<boolean> {
    return toasts.track(this.bulk(act));
  }

  private async bulk(act: BulkAct): Promise<boolean> {
    const cases = [...this.inbox.selected];
    let done: Schemas['BulkResponse'] | undefined;
    const ok = await withErrorToast(
      async () =>
        (done = await unwrap(
          api.POST('/api/v1/bulk', { body: { cases, ...act } as Schemas['BulkRequest'] }),
        )),
    );
    if (!ok || !done) return false;
    const { id: bulk, done: changed, left } = done;
    this.inbox.selected.clear();
    const undo = async () => {
      let undone: Schemas['BulkResponse'] | undefined;
      if (
        await withErrorToast(
          async () => (undone = await unwrap(api.DELETE('/api/v1/bulk/{id}', id(bulk)))),
        )
      )
        await this.inbox.after(changed);
      if (undone?.left.length) toasts.fail(skippedMessage(undone.left));
    };
    toasts.say(count(changed.length, 'bulk_one', 'bulk_many'), changed.length ? undo : undefined);
    if (left.length) toasts.fail(skippedMessage(left));
    await this.inbox.after(changed);
    return true;
  }

  private get isBulk(): boolean {
    return this.inbox.selected.size > 0;
  }

  assign(person: string | null, name: string) {
    if (this.isBulk) return this.bulkAct({ act: 'assign', person });
    const optimistic = {
      row: { owner: person ? name : null },
      full: { owner: person ? { id: person, name } : null },
    };
    return this.inbox.act({
      words: person ? t('assigned_to', { name }) : t('unassigned'),
      optimistic,
      ...this.undoableAct(this.full.id, { act: 'assign', person }),
    });
  }

  /**
   * Gives the cases aimed at to a team, where they wait until one of them takes them; or to none.
   */
  give(team: Schemas['TeamSummary'] | null) {
    if (this.isBulk) return this.bulkAct({ act: 'give', team: team?.id ?? null });
    const about = this.full.id;
    return this.inbox.act({
      words: team ? t('given_to_team', { name: team.name }) : t('given_to_none'),
      optimistic: { row: { team }, full: { team } },
      ...this.undoableAct(about, { act: 'give', team: team?.id ?? null }),
    });
  }

  snooze(until: string) {
    if (this.isBulk) return this.bulkAct({ act: 'snooze', until });
    const about = this.full.id;
    const optimistic = {
      row: { state: 'snoozed' as const, snoozed_until: until },
      full: { state: 'snoozed' as const, snoozed_until: until },
    };
    return this.inbox.act({
      words: t('snoozed_until', { when: formatDateTime(until) }),
      optimistic,
      ...this.undoableAct(about, { act: 'snooze', until }),
    });
  }

  /**
   * An act whose undo puts everything back as it was: whose turn, since when the customer waits.
   */
  private undoableAct(about: string, act: BulkAct) {
    let made = '';
    const call = async () => {
      const done = await unwrap(
        api.POST('/api/v1/bulk', { body: { cases: [about], ...act } as Schemas['BulkRequest'] }),
      );
      throwIfSkipped(done);
      made = done.id;
    };
    return {
      call,
      undo: async () => throwIfSkipped(await unwrap(api.DELETE('/api/v1/bulk/{id}', id(made)))),
    };
  }

  wake() {
    const about = this.full.id;
    return this.inbox.act({
      words: t('awoken'),
      call: () => unwrap(api.DELETE('/api/v1/cases/{id}/snooze', id(about))),
    });
  }

  /** One queue more (+1) or less (−1) pressing than the rules say; once more takes it back. */
  step(step: number, shownOnly = false) {
    if (this.isBulk && !shownOnly) return this.bulkAct({ act: 'step', step });
    const { id: about, why } = this.full;
    const before = why?.moved ?? 0;
    const put = (to: number) =>
      unwrap(api.PUT('/api/v1/cases/{id}/step', { ...id(about), body: { step: to } }));
    return this.inbox.act({
      words: t('moved'),
      call: () => put(before === step ? 0 : step),
      undo: () => put(before),
    });
  }

  wait(state: 'waiting_customer' | 'waiting_colleague' | 'open', shownOnly = false) {
    if (this.isBulk && !shownOnly) return this.bulkAct({ act: 'wait', state });
    const about = this.full.id;
    const optimistic = { row: { state }, full: { state } };
    return this.inbox.act({
      words: t(state === 'open' ? 'resumed' : 'set_waiting'),
      optimistic,
      ...this.undoableAct(about, { act: 'wait', state }),
    });
  }

  close(form: FormData) {
    const how = String(form.get('how')) as 'solved' | 'answered' | 'nothing_to_do';
    if (this.isBulk) return this.bulkAct({ act: 'close', how });
    const about = this.full.id;
    const optimistic = {
      row: { state: 'closed' as const, how },
      full: { state: 'closed' as const, how },
    };
    return this.inbox.act({
      words: t('closed'),
      optimistic,
      call: () => sendForm('PUT', `/api/v1/cases/${about}/closure`, form),
      undo: () => this.clearClosure(about),
    });
  }

  reopen() {
    const about = this.full.id;
    return this.inbox.act({ words: t('reopened'), call: () => this.clearClosure(about) });
  }

  private clearClosure(about: string) {
    return unwrap(api.DELETE('/api/v1/cases/{id}/closure', id(about)));
  }

  async unsee() {
    const about = this.full.id;
    const optimistic = { row: { unread: true } };
    this.inbox.keptUnreadId = about;
    await this.inbox.act({
      words: t('unread_again'),
      optimistic,
      call: () => unwrap(api.DELETE('/api/v1/cases/{id}/seen', id(about))),
      undo: () => unwrap(api.PUT('/api/v1/cases/{id}/seen', id(about))),
    });
  }

  cause(cause: string | null) {
    const { id: about, cause: named } = this.full;
    const put = (to: string | null | undefined) =>
      to
        ? unwrap(api.PUT('/api/v1/cases/{id}/cause', { ...id(about), body: { cause: to } }))
        : unwrap(api.DELETE('/api/v1/cases/{id}/cause', id(about)));
    return this.inbox.act({
      words: t('cause_named'),
      call: () => put(cause),
      undo: () => put(named?.id),
    });
  }

  /**
   * Puts a tag on the cases aimed at, or takes it off; what is done on the case shown is about it
   * alone.
   */
  tag(tag: string, name: string, on: boolean, shownOnly = false) {
    if (this.isBulk && !shownOnly) return this.bulkAct({ act: 'tag', tag, on });
    const { id: about, tags } = this.full;
    const call = (on: boolean) =>
      unwrap(
        (on ? api.PUT : api.DELETE)('/api/v1/cases/{id}/tags/{tag}', {
          params: { path: { id: about, tag } },
        }),
      );
    const worn = on ? [...tags, { id: tag, name }] : tags.filter((it) => it.id !== tag);
    return this.inbox.act({
      words: t(on ? 'tag_put' : 'tag_taken', { name }),
      optimistic: { row: { tags: worn }, full: { tags: worn } },
      call: () => call(on),
      undo: () => call(!on),
    });
  }

  correct(message: string, correction: Correction, before: Correction | null | undefined) {
    const put = (to: Correction) =>
      unwrap(
        api.PUT('/api/v1/messages/{id}/correction', {
          ...id(message),
          body: to as Schemas['Correction'],
        }),
      );
    return this.inbox.act({
      words: t('corrected'),
      call: () =>
        put({
          ...(before ?? {}),
          ...correction,
          no_gate: correction.no_gate ?? before?.no_gate ?? false,
        }),
      undo: () =>
        before ? put(before) : unwrap(api.DELETE('/api/v1/messages/{id}/correction', id(message))),
    });
  }

  /** Corrects the same thing in several messages, as one act. */
  correctAll(messages: Schemas['MessageResponse'][], correction: Correction) {
    const put = (to: string, body: Correction) =>
      unwrap(
        api.PUT('/api/v1/messages/{id}/correction', {
          ...id(to),
          body: body as Schemas['Correction'],
        }),
      );
    const each = async (call: (it: Schemas['MessageResponse']) => Promise<unknown>) => {
      for (const it of messages) await call(it);
    };
    return this.inbox.act({
      words: t('corrected'),
      call: () =>
        each((it) =>
          put(it.id, {
            ...(it.correction ?? {}),
            ...correction,
            no_gate: correction.no_gate ?? it.correction?.no_gate ?? false,
          }),
        ),
      undo: () =>
        each((it) =>
          it.correction
            ? put(it.id, it.correction)
            : unwrap(api.DELETE('/api/v1/messages/{id}/correction', id(it.id))),
        ),
    });
  }

  /**
   * Settles where this customer's messages of this kind wait, from now on; undone by settling it as
   * the rules say.
   */
  settle(step: number) {
    const { id: about, customer, why } = this.full;
    if (!customer) return Promise.resolve(false);
    const before = why?.rule?.one_customer ? why.rule.step : 0;
    const put = (to: number) =>
      unwrap(
        api.PUT('/api/v1/customers/{id}/rule', {
          ...id(customer.id),
          body: { step: to, case: about },
        }),
      );
    return this.inbox.act({
      words: t(step ? 'settled' : 'settled_no_more', { name: customer.name }),
      call: () => put(step),
      undo: () => put(before),
    });
  }

  note(text: string) {
    const about = this.full.id;
    return this.inbox.act({
      words: t('note_kept'),
      call: () => unwrap(api.POST('/api/v1/cases/{id}/notes', { ...id(about), body: { text } })),
    });
  }

  revoke(question: string) {
    const about = this.full.id;
    return this.inbox.act({
      words: t('question_taken_back'),
      call: () =>
        unwrap(
          api.DELETE('/api/v1/cases/{id}/questions/{question}', {
            params: { path: { id: about, question } },
          }),
        ),
    });
  }

  split(messages: string[]) {
    return this.move(
      t('split_done'),
      async () =>
        (
          await unwrap(
            api.POST('/api/v1/cases/{id}/split', { ...id(this.full.id), body: { messages } }),
          )
        ).id,
    );
  }

  join(into: string) {
    return this.move(
      t('join_done'),
      async () =>
        (await unwrap(api.POST('/api/v1/cases/{id}/join', { ...id(this.full.id), body: { into } })))
          .id,
    );
  }

  private move(words: string, call: () => Promise<string>) {
    let made = '';
    return this.inbox.act({
      words,
      call: async () => void (made = await call()),
      undo: () => unwrap(api.DELETE('/api/v1/moves/{id}', id(made))),
    });
  }

  undoMove(made: string) {
    return this.inbox.act({
      words: t('undone'),
      call: () => unwrap(api.DELETE('/api/v1/moves/{id}', id(made))),
    });
  }
}
