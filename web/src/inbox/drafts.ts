import { api } from '../api/client';

export type Draft = { text: string; visibility: 'public' | 'private'; note?: boolean };
type Kept = Draft & { at: number; safe: boolean };

const name = (person: string, caseId: string, note: boolean) =>
  `vigie.draft.${person}.${caseId}${note ? '.note' : ''}`;

/**
 * Words being written: kept in this browser at each letter, on the server at each pause. What the
 * server has not yet is sent as soon as it can be reached: no letter is lost to a cut line, a
 * restart or a closed tab.
 */
export class Drafts {
  /** What goes to the server goes one after the other. */
  private line: Promise<unknown> = Promise.resolve();
  /** Cases whose answer is leaving: its draft must not come after it. */
  private leaving = new Set<string>();

  constructor(private person: () => string) {}

  /** Keeps a letter. */
  write(caseId: string, draft: Draft) {
    const kept: Kept = { ...draft, at: Date.now(), safe: false };
    localStorage.setItem(name(this.person(), caseId, draft.note ?? false), JSON.stringify(kept));
  }

  /** What this browser holds that the server does not; else nothing. */
  unsafe(caseId: string, note = false): Draft | null {
    const kept = this.read(name(this.person(), caseId, note));
    return kept && !kept.safe && kept.text ? kept : null;
  }

  /** Sends what is kept of a case; says whether the server has it. */
  send(caseId: string): Promise<boolean> {
    const sent = this.line.then(() => this.leaving.has(caseId) || this.put(caseId));
    this.line = sent;
    return sent;
  }

  /**
   * The answer is about to leave: waits for what is under way, and lets nothing follow until it is
   * forgotten or stays.
   */
  async leave(caseId: string) {
    this.leaving.add(caseId);
    await this.line;
  }

  /** The answer did not leave: its draft is a draft again. */
  stay(caseId: string) {
    this.leaving.delete(caseId);
  }

  private async put(caseId: string): Promise<boolean> {
    const key = name(this.person(), caseId, false);
    const kept = this.read(key);
    if (!kept || kept.safe) return true;
    const body = { text: kept.text, visibility: kept.visibility };
    const sent = await api
      .PUT('/api/v1/cases/{id}/draft', { params: { path: { id: caseId } }, body })
      .catch(() => null);
    const now = this.read(key);
    // A letter written meanwhile waits for the next pause.
    if (sent?.response.ok && now?.at === kept.at)
      localStorage.setItem(key, JSON.stringify({ ...kept, safe: true }));
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
    localStorage.removeItem(name(this.person(), caseId, note));
    if (!note) this.leaving.delete(caseId);
  }

  private read(key: string): Kept | null {
    try {
      return JSON.parse(localStorage.getItem(key) ?? 'null') as Kept | null;
    } catch {
      return null;
    }
  }
}
