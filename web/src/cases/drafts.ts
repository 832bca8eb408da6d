import { api } from '../api/client';

export type Draft = { text: string; visibility: 'public' | 'private'; note?: boolean };
type StoredDraft = Draft & { at: number; safe: boolean };

const storageKey = (person: string, caseId: string, note: boolean) =>
  `vigie.draft.${person}.${caseId}${note ? '.note' : ''}`;

/**
 * Words being written: kept in this browser at each letter, on the server at each pause. What the
 * server has not yet is sent as soon as it can be reached: no letter is lost to a cut line, a
 * restart or a closed tab.
 */
export class Drafts {
  /** What goes to the server goes one after the other. */
  private queue: Promise<unknown> = Promise.resolve();
  /** Cases whose answer is leaving: its draft must not come after it. */
  private sending = new Set<string>();

  constructor(private person: () => string) {}

  /** Keeps a letter. */
  write(caseId: string, draft: Draft) {
    const stored: StoredDraft = { ...draft, at: Date.now(), safe: false };
    localStorage.setItem(
      storageKey(this.person(), caseId, draft.note ?? false),
      JSON.stringify(stored),
    );
  }

  /** What this browser holds that the server does not; else nothing. */
  unsynced(caseId: string, note = false): Draft | null {
    const stored = this.read(storageKey(this.person(), caseId, note));
    return stored && !stored.safe && stored.text ? stored : null;
  }

  /** Sends what is kept of a case; says whether the server has it. */
  send(caseId: string): Promise<boolean> {
    const sent = this.queue.then(() => this.sending.has(caseId) || this.put(caseId));
    this.queue = sent;
    return sent;
  }

  /**
   * The answer is about to leave: waits for what is under way, and lets nothing follow until it is
   * forgotten or stays.
   */
  async leave(caseId: string) {
    this.sending.add(caseId);
    await this.queue;
  }

  /** The answer did not leave: its draft is a draft again. */
  stay(caseId: string) {
    this.sending.delete(caseId);
  }

  private async put(caseId: string): Promise<boolean> {
    const key = storageKey(this.person(), caseId, false);
    const stored = this.read(key);
    if (!stored || stored.safe) return true;
    const body = { text: stored.text, visibility: stored.visibility };
    const sent = await api
      .PUT('/api/v1/cases/{id}/draft', { params: { path: { id: caseId } }, body })
      .catch(() => null);
    const now = this.read(key);
    // A letter written meanwhile waits for the next pause.
    if (sent?.response.ok && now?.at === stored.at)
      localStorage.setItem(key, JSON.stringify({ ...stored, safe: true }));
    return sent?.response.ok ?? false;
  }

  /** Sends whatever waits, of any case. */
  async sendAll() {
    const start = `vigie.draft.${this.person()}.`;
    const keys = Object.keys(localStorage).filter(
      (it) => it.startsWith(start) && !it.endsWith('.note'),
    );
    for (const key of keys) await this.send(key.slice(start.length));
  }

  /** The words left, or were let go: forgets them. */
  forget(caseId: string, note = false) {
    localStorage.removeItem(storageKey(this.person(), caseId, note));
    if (!note) this.sending.delete(caseId);
  }

  private read(key: string): StoredDraft | null {
    try {
      return JSON.parse(localStorage.getItem(key) ?? 'null') as StoredDraft | null;
    } catch {
      return null;
    }
  }
}
