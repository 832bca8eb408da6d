/** Short words at the bottom: what was done, with its undo; what failed, with what was kept. */
export type Toast = { id: number; text: string; bad: boolean; undo?: () => Promise<void> };

class Toasts {
  all = $state<Toast[]>([]);
  private last = 0;
  private undos: Toast[] = [];
  private inFlight: Promise<unknown> = Promise.resolve();

  say(text: string, undo?: () => Promise<void>) {
    this.add({ id: ++this.last, text, bad: false, undo }, 9_000);
  }

  fail(text: string) {
    this.add({ id: ++this.last, text, bad: true }, 12_000);
  }

  drop(id: number) {
    this.all = this.all.filter((toast) => toast.id !== id);
  }

  /** Something is being done that is shown already: an undo asked for meanwhile is about it. */
  track<T>(act: Promise<T>): Promise<T> {
    this.inFlight = act;
    return act;
  }

  /** Undoes the last act that can be. */
  async undoLast(): Promise<boolean> {
    await this.inFlight;
    const toast = this.undos.pop();
    if (!toast?.undo) return false;
    this.drop(toast.id);
    await toast.undo();
    return true;
  }

  async undo(toast: Toast) {
    this.undos = this.undos.filter((kept) => kept.id !== toast.id);
    this.drop(toast.id);
    await toast.undo?.();
  }

  private add(toast: Toast, milliseconds: number) {
    this.all = [...this.all.slice(-2), toast];
    if (toast.undo) this.undos = [...this.undos.slice(-20), toast];
    setTimeout(() => this.drop(toast.id), milliseconds);
  }
}

export const toasts = new Toasts();
