import type { Schemas } from './client';

export type Fact = Schemas['Fact'];
type Listener = (facts: Fact[], refresh: boolean) => void;
type Told = { fact?: Fact; refresh?: boolean; connected?: boolean; looked?: string };

/** How long until a stream the server ended is asked for again, milliseconds. */
const AGAIN = 2_000;

/** One stream a browser: the tab that holds the lock listens and tells the others; facts are applied once a frame. Whoever
 *  takes over goes on after the last fact any tab has seen: nothing is missed between two. */
export class Live {
  private listeners = new Set<Listener>();
  private watchers = new Set<(caseId: string) => void>();
  private waiting: Fact[] = [];
  private refresh = false;
  private channel = new BroadcastChannel('vigie.live');
  private source: EventSource | null = null;
  private last = 0;
  private started = false;
  onState: (connected: boolean) => void = () => {};

  start() {
    if (this.started) return;
    this.started = true;
    this.channel.onmessage = (event: MessageEvent<Told>) => this.take(event.data);
    this.lead();
  }

  /** Facts, as they happen. */
  hear(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Cases somebody begins or stops looking at, or writing on. */
  watch(watcher: (caseId: string) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  stop() {
    this.source?.close();
  }

  private lead() {
    void navigator.locks.request('vigie.live', () => new Promise<void>((release) => this.listen(release)));
  }

  private listen(release: () => void) {
    const source = new EventSource(`/api/v1/live${this.last ? `?after=${this.last}` : ''}`);
    this.source = source;
    const tell = (told: Told) => {
      this.channel.postMessage(told);
      this.take(told);
    };
    source.onopen = () => tell({ connected: true });
    source.onerror = () => {
      tell({ connected: false });
      if (source.readyState !== EventSource.CLOSED) return;
      release();
      setTimeout(() => this.lead(), AGAIN);
    };
    source.addEventListener('fact', (event) => tell({ fact: JSON.parse(event.data) as Fact }));
    source.addEventListener('refresh', () => tell({ refresh: true }));
    source.addEventListener('looked', (event) => tell({ looked: (JSON.parse(event.data) as { case: string }).case }));
  }

  private take({ fact, refresh, connected, looked }: Told) {
    if (connected !== undefined) this.onState(connected);
    if (looked) for (const watcher of this.watchers) watcher(looked);
    if (!fact && !refresh) return;
    if (!this.waiting.length && !this.refresh) requestAnimationFrame(() => this.apply());
    if (fact) {
      this.waiting.push(fact);
      this.last = Math.max(this.last, fact.number);
    }
    this.refresh ||= refresh ?? false;
  }

  private apply() {
    const [facts, refresh] = [this.waiting, this.refresh];
    [this.waiting, this.refresh] = [[], false];
    for (const listener of this.listeners) listener(facts, refresh);
  }
}

export const live = new Live();
