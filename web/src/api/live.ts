import type { Schemas } from './client';

export type Fact = Schemas['Fact'];
type Listener = (facts: Fact[], refresh: boolean) => void;
type Broadcast = {
  fact?: Fact;
  refresh?: number;
  connected?: boolean;
  looked?: string;
  /** The number of a fact that is not for this person: something of theirs may have left. */
  changed?: number;
  beat?: number;
};

/** How long until a stream the server ended is asked for again, milliseconds. */
const RETRY_DELAY = 2_000;
/**
 * The server says something every 15 s: a line silent for so long is cut, whatever the machine
 * believes; milliseconds.
 */
const SILENCE_TIMEOUT = 40_000;

/**
 * One stream a browser: the tab that holds the lock listens and tells the others; facts are applied
 * once a frame. Whoever takes over goes on after the last fact any tab has seen: nothing is missed
 * between two.
 */
export class Live {
  private listeners = new Set<Listener>();
  private watchers = new Set<(caseId: string) => void>();
  private waiting: Fact[] = [];
  private refresh = false;
  /** What was heard is applied at the next frame. */
  private due = false;
  private channel = new BroadcastChannel('vigie.live');
  private last = 0;
  private started = false;
  /** This tab listens, or waits for its turn to. */
  private isLeader = false;
  /** Ends the stream and asks for it again. */
  private reconnect: (() => void) | null = null;
  /** When something was last heard, by this machine's clock. */
  lastHeardAt = Date.now();
  onState: (connected: boolean) => void = () => {};

  constructor() {
    setInterval(() => this.checkHeartbeat(), 5_000);
    addEventListener('offline', () => this.started && this.onState(false));
    addEventListener('online', () => this.reconnect?.());
    this.channel.onmessage = (event: MessageEvent<Broadcast>) =>
      this.started && this.receive(event.data);
  }

  /** Listens from after a fact: what is shown from here on is told of every change. */
  start(after: number) {
    if (this.started) return;
    [this.started, this.last, this.lastHeardAt] = [true, after, Date.now()];
    this.becomeLeader();
  }

  /** Facts, as they happen. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Cases somebody begins or stops looking at, or writing on. */
  watch(watcher: (caseId: string) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Someone who signed out hears nothing; the next one begins again. */
  stop() {
    this.started = false;
    this.reconnect?.();
  }

  private becomeLeader() {
    if (!this.started || this.isLeader) return;
    this.isLeader = true;
    void navigator.locks
      .request('vigie.live', () => new Promise<void>((release) => this.listen(release)))
      .then(() => (this.isLeader = false));
  }

  /** A machine that slept, or lost its network, may hold a line on which nothing will ever come. */
  private checkHeartbeat() {
    if (!this.started || Date.now() - this.lastHeardAt < SILENCE_TIMEOUT) return;
    this.onState(false);
    this.reconnect?.();
  }

  private listen(release: () => void) {
    if (!this.started) return release();
    const source = new EventSource(`/api/v1/live?after=${this.last}`);
    const reconnectAfter = (wait: number) => {
      source.close();
      this.reconnect = null;
      release();
      setTimeout(() => this.becomeLeader(), wait);
    };
    this.reconnect = () => reconnectAfter(0);
    const broadcast = (message: Broadcast) => {
      this.channel.postMessage(message);
      this.receive(message);
    };
    source.onopen = () => broadcast({ connected: true });
    source.onerror = () => {
      broadcast({ connected: false });
      if (source.readyState === EventSource.CLOSED) reconnectAfter(RETRY_DELAY);
    };
    source.addEventListener('fact', (event) => broadcast({ fact: JSON.parse(event.data) as Fact }));
    source.addEventListener('refresh', (event) =>
      broadcast({ refresh: Number(event.lastEventId) }),
    );
    source.addEventListener('changed', (event) =>
      broadcast({ changed: Number(event.lastEventId) }),
    );
    source.addEventListener('beat', (event) => broadcast({ beat: Number(event.lastEventId) }));
    source.addEventListener('looked', (event) =>
      broadcast({ looked: (JSON.parse(event.data) as { case: string }).case }),
    );
  }

  private receive({ fact, refresh, connected, looked, beat, changed }: Broadcast) {
    if (connected !== false) this.lastHeardAt = Date.now();
    // An instance put back from an earlier day counts from there.
    if (refresh !== undefined) this.last = refresh;
    if (beat !== undefined) {
      this.last = Math.max(this.last, beat);
      this.onState(true);
    }
    if (connected !== undefined) this.onState(connected);
    if (looked) for (const watcher of this.watchers) watcher(looked);
    if (!fact && refresh === undefined && changed === undefined) return;
    if (!this.due) requestAnimationFrame(() => this.apply());
    this.due = true;
    if (fact) {
      this.waiting.push(fact);
      this.last = Math.max(this.last, fact.number);
    }
    if (changed !== undefined) this.last = Math.max(this.last, changed);
    this.refresh ||= refresh !== undefined;
  }

  private apply() {
    const [facts, refresh] = [this.waiting, this.refresh];
    [this.waiting, this.refresh, this.due] = [[], false, false];
    for (const listener of this.listeners) listener(facts, refresh);
  }
}

export const live = new Live();
