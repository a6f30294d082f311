/** Something to be undone, as VS Code's own disposables are. */
export interface Disposable {
  dispose(): void;
}

/** Listeners of one event. */
export class Listeners<T> {
  private readonly listeners = new Set<(value: T) => void>();

  add(listener: (value: T) => void): Disposable {
    // A wrapper of its own, so that a listener that is added twice is also removed twice.
    const entry = (value: T) => listener(value);
    this.listeners.add(entry);
    return { dispose: () => this.listeners.delete(entry) };
  }

  fire(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }

  clear(): void {
    this.listeners.clear();
  }
}
