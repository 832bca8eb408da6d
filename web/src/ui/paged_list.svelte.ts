/** A page of rows, and where the next one begins. */
export type PageResult<T> = { rows: T[]; next: string | null };
/** Asks for the rows after a place, up to another: the same stretch again. */
export type FetchPage<T> = (
  after: string | undefined,
  until: string | undefined,
) => Promise<PageResult<T>>;

type Page<T> = {
  after: string | undefined;
  next: string | null;
  size: number;
  ids: string[];
  rows: (T | null)[] | null;
};

/** Pages held at once; the farthest are let go and asked for again when they are looked at. */
const MAX_LOADED_PAGES = 24;

/**
 * A list of any length, of which only windows are held: a million rows cost what a few pages do.
 * Rows keep their places until the whole is asked for again, so that nothing moves under a hand.
 */
export class PagedList<T extends { id: string }> {
  private pages = $state.raw<Page<T>[]>([]);
  private pending = new Set<number>();
  private run = 0;
  private viewport: [number, number] = [0, 0];
  /** The whole was asked for and has come. */
  ready = $state(false);

  constructor(private ask: FetchPage<T>) {}

  /** Rows whose place is known. */
  get length(): number {
    return this.pages.reduce((sum, page) => sum + page.size, 0);
  }

  get ended(): boolean {
    return this.ready && (this.pages.at(-1)?.next ?? null) === null;
  }

  /** The row at a place; null while it is not held. */
  at(index: number): T | null {
    const [page, within] = this.locate(index);
    return page?.rows?.[within] ?? null;
  }

  /** The place of a row; -1 when it has none. */
  indexOf(id: string): number {
    let start = 0;
    for (const page of this.pages) {
      const within = page.ids.indexOf(id);
      if (within >= 0) return start + within;
      start += page.size;
    }
    return -1;
  }

  /** The rows held, in order. */
  loadedRows(): T[] {
    return this.pages.flatMap((page) => (page.rows ?? []).filter((row) => row !== null));
  }

  /** Puts other rows in the places of these: what changed, changes where it stands. */
  replace(rows: Map<string, T>) {
    if (!rows.size) return;
    const has = (page: Page<T>) => page.rows?.some((row) => row && rows.has(row.id)) ?? false;
    this.pages = this.pages.map((page) =>
      has(page)
        ? { ...page, rows: page.rows?.map((row) => (row && rows.get(row.id)) ?? row) ?? null }
        : page,
    );
  }

  /**
   * Asks for everything again, from the top; what was there stays until the answer is, and `before`
   * is called. False when it was asked for once more meanwhile: that answer is the one shown.
   */
  async reload(before: () => void = () => {}): Promise<boolean> {
    const run = ++this.run;
    const { rows, next } = await this.ask(undefined, undefined);
    if (run !== this.run) return false;
    before();
    this.pending.clear();
    this.pages = [
      { after: undefined, next, size: rows.length, ids: rows.map((it) => it.id), rows },
    ];
    this.ready = true;
    return true;
  }

  /** Says which places are seen: what is missing there, and beyond the end, is asked for. */
  setViewport(first: number, last: number) {
    this.viewport = [first, last];
    let start = 0;
    this.pages.forEach((page, number) => {
      if (!page.rows && start < last && start + page.size > first) void this.refetch(number);
      start += page.size;
    });
    if (last >= this.length - 20 && this.ready && !this.ended) void this.extend();
  }

  /** Asks for the next page, and waits for it. */
  async extend(): Promise<void> {
    const [number, run, last] = [this.pages.length, this.run, this.pages.at(-1)];
    if (!last?.next || this.pending.has(number)) return;
    this.pending.add(number);
    try {
      const { rows, next } = await this.ask(last.next, undefined);
      if (run === this.run)
        this.evict([
          ...this.pages,
          { after: last.next, next, size: rows.length, ids: rows.map((it) => it.id), rows },
        ]);
    } finally {
      this.pending.delete(number);
    }
  }

  private async refetch(number: number) {
    const [run, page] = [this.run, this.pages[number]];
    if (!page || this.pending.has(number)) return;
    this.pending.add(number);
    try {
      const { rows } = await this.ask(page.after, page.next ?? undefined);
      if (run !== this.run) return;
      // Each in its place: what left is an empty line, what came waits for the next reload.
      const found = new Map(rows.map((row) => [row.id, row]));
      const same = page.ids.map((id) => found.get(id) ?? null);
      this.evict(this.pages.map((it, at) => (at === number ? { ...page, rows: same } : it)));
    } finally {
      this.pending.delete(number);
    }
  }

  /** Lets the pages go that lie farthest from what is looked at. */
  private evict(pages: Page<T>[]) {
    const held = pages.flatMap((page, number) => (page.rows ? [number] : []));
    if (held.length > MAX_LOADED_PAGES) {
      const middle = (this.viewport[0] + this.viewport[1]) / 2;
      const middles: number[] = [];
      let start = 0;
      for (const page of pages) {
        middles.push(start + page.size / 2);
        start += page.size;
      }
      const far = (number: number) => Math.abs((middles[number] ?? 0) - middle);
      const go = new Set(
        held.sort((a, b) => far(b) - far(a)).slice(0, held.length - MAX_LOADED_PAGES),
      );
      pages = pages.map((page, number) => (go.has(number) ? { ...page, rows: null } : page));
    }
    this.pages = pages;
  }

  private locate(index: number): [Page<T> | undefined, number] {
    let start = 0;
    for (const page of this.pages) {
      if (index < start + page.size) return [page, index - start];
      start += page.size;
    }
    return [undefined, 0];
  }
}
