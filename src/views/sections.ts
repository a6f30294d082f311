/** Milliseconds of work between two pauses: far below what a person notices. */
const SLICE = 5;

/** Tells milliseconds. A measurement may count the thread's processor time instead, of which a busy machine takes nothing away. */
export const sectionClock = { now: () => performance.now() };

/** Long work on the extension host's thread, cut into sections between which others work. */
export class Sections {
  private since = sectionClock.now();

  /** `record` hears of every section how many milliseconds it took. */
  constructor(private readonly record: (milliseconds: number) => void) {}

  /** Ends a section, lets others work, and begins the next one. */
  async pause(): Promise<void> {
    this.end();
    await new Promise((resolve) => setImmediate(resolve));
    this.begin();
  }

  /** Pauses when the section has become long enough. */
  async breathe(): Promise<void> {
    if (sectionClock.now() - this.since >= SLICE) await this.pause();
  }

  begin(): void {
    this.since = sectionClock.now();
  }

  /** Before something is waited for; {@link begin} comes after. */
  end(): void {
    this.record(sectionClock.now() - this.since);
  }
}
