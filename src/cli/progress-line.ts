import type { Output } from "./output.ts";

/** Milliseconds between two drawings: a terminal across a network need not be busy with them. */
const REST = 100;
const CLEAR = "\r\u001b[K";

/**
 * One line of a terminal that says how far a command is, drawn over itself and gone at the end. Nothing is written where
 * nobody looks: `terminal` is undefined then.
 */
export class ProgressLine {
  private last = "";
  private drawnAt = Number.NEGATIVE_INFINITY;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly terminal: Output | undefined) {}

  /** What a step of the work is told how far it is with, 0 to 1. */
  step(title: string): (fraction: number) => void {
    return (fraction) => {
      const percent = Math.floor(Math.min(1, Math.max(0, fraction)) * 100);
      this.draw(`${title} ${percent} %`);
    };
  }

  /** Takes the line away. */
  async end(): Promise<void> {
    await this.writing;
    if (this.last !== "") await this.terminal?.pieces([CLEAR]);
    this.last = "";
  }

  private draw(text: string): void {
    const now = performance.now();
    if (this.terminal === undefined || text === this.last || now - this.drawnAt < REST) return;
    this.last = text;
    this.drawnAt = now;
    const { terminal } = this;
    // A terminal that is gone must not end the work.
    this.writing = this.writing.then(() => terminal.pieces([CLEAR, text])).catch(() => undefined);
  }
}
