import type { Schemas } from './client';

export type Fact = Schemas['Fact'];
type Listener = (facts: Fact[], refresh: boolean) => void;

/** One stream a browser: the tab that holds the lock listens and tells the others; facts are applied once a frame. */
export class Live {
  private listeners = new Set<Listener>();
  private waiting: Fact[] = [];
  private refresh = false;
  private channel = new BroadcastChannel('vigie.live');
  private source: EventSource | null = null;
  onState: (connected: boolean) => void = () => {};

  start() {
    this.channel.onmessage = (event: MessageEvent<{ fact?: Fact; refresh?: boolean; connected?: boolean }>) => {
      if (event.data.connected !== undefined) this.onState(event.data.connected);
      if (event.data.fact || event.data.refresh) this.take(event.data.fact, event.data.refresh ?? false);
    };
    void navigator.locks.request('vigie.live', () => new Promise<void>((release) => this.listen(release)));
  }

  hear(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  stop() {
    this.source?.close();
  }

  private listen(release: () => void) {
    this.source = new EventSource('/api/v1/live');
    const tell = (data: { fact?: Fact; refresh?: boolean; connected?: boolean }) => {
      this.channel.postMessage(data);
      this.channel.onmessage?.(new MessageEvent('message', { data }));
    };
    this.source.onopen = () => tell({ connected: true });
    this.source.onerror = () => {
      tell({ connected: false });
      if (this.source?.readyState === EventSource.CLOSED) release();
    };
    this.source.addEventListener('fact', (event) => tell({ fact: JSON.parse(event.data) as Fact }));
    this.source.addEventListener('refresh', () => tell({ refresh: true }));
  }

  private take(fact: Fact | undefined, refresh: boolean) {
    if (!this.waiting.length && !this.refresh) requestAnimationFrame(() => this.apply());
    if (fact) this.waiting.push(fact);
    this.refresh ||= refresh;
  }

  private apply() {
    const [facts, refresh] = [this.waiting, this.refresh];
    [this.waiting, this.refresh] = [[], false];
    for (const listener of this.listeners) listener(facts, refresh);
  }
}

export const live = new Live();
