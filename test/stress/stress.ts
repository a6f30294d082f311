import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { TraceError } from "../../src/engine/errors.ts";
import { Databases } from "../../src/sources/databases.ts";
import { openTraceStore, type TraceStore } from "../../src/store/store.ts";
import { type Question, questionsFor } from "./truth.ts";
import { type Behaviour, Writer } from "./writers.ts";

/** What one behaviour of a writer did to a reader. */
export interface Outcome {
  readonly behaviour: Behaviour;
  /** What the writer said of itself. */
  readonly writer: string;
  readonly commits: number;
  readonly calls: number;
  readonly accepted: number;
  /** Calls that ended with `busy`. */
  readonly rejected: number;
  /** Answers that are the truth of no commit, or of one that was no longer the newest when the call began. */
  readonly torn: readonly string[];
  /** Calls that ended otherwise. */
  readonly failed: readonly string[];
  /** How often an answer was of a later commit than the one before. */
  readonly advanced: number;
  /** Seconds from the return of a commit to the first answer that has it. */
  readonly freshness: { readonly p50: number; readonly p95: number };
  /** Digests of all files before and after a pure read, once the writer has ended. */
  readonly before: string;
  readonly after: string;
}

class Tally {
  calls = 0;
  accepted = 0;
  rejected = 0;
  advanced = 0;
  readonly torn: string[] = [];
  readonly failed: string[] = [];
  private readonly delays: number[] = [];
  private newest: number | undefined;

  constructor(private readonly writer: Writer) {}

  async ask(store: TraceStore, question: Question): Promise<void> {
    const before = this.writer.committed;
    this.calls++;
    try {
      const verdict = await question(store);
      this.accepted++;
      if (verdict.kind === "torn") this.torn.push(verdict.why);
      else if (verdict.commit !== undefined) this.meet(verdict.commit, before, verdict.stale);
    } catch (thrown) {
      this.refuse(thrown);
    }
  }

  refuse(thrown: unknown): void {
    const error = TraceError.from(thrown);
    if (error.kind === "busy") this.rejected++;
    else this.failed.push(`${error.kind}: ${error.message}`);
  }

  meet(commit: number, committedBefore: number, stale: boolean): void {
    const now = Date.now() / 1000;
    if (!stale && commit < committedBefore)
      this.torn.push(`commit ${commit} although ${committedBefore} had returned before the call`);
    if (commit > this.writer.committed + 1)
      this.torn.push(`commit ${commit} although there are only ${this.writer.committed}`);
    if (this.newest !== undefined && commit > this.newest) {
      this.advanced++;
      for (let seen = this.newest + 1; seen <= commit; seen++) {
        const returned = this.writer.timeOf(seen);
        if (returned > 0) this.delays.push(Math.max(0, now - returned));
      }
    }
    this.newest = Math.max(this.newest ?? commit, commit);
  }

  freshness(): Outcome["freshness"] {
    const sorted = this.delays.sort((a, b) => a - b);
    const rank = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
    return { p50: rank(0.5), p95: rank(0.95) };
  }
}

/** How long to go on past the given time, for machines on which little happens in it. */
export interface Patience {
  /** Until the answers have advanced so often, */
  readonly advances: number;
  /** but no longer than this. */
  readonly seconds: number;
}

/**
 * Reads beside a writer of that behaviour for so many seconds, through the store as every face does.
 * @param folder An empty one.
 */
export async function stress(
  folder: string,
  behaviour: Behaviour,
  seconds: number,
  patience: Patience = { advances: 0, seconds },
): Promise<Outcome> {
  mkdirSync(path.join(folder, "database"));
  const writer = await Writer.start(folder, behaviour);
  const tally = new Tally(writer);
  const begun = performance.now();
  const goesOn = () => {
    const gone = (performance.now() - begun) / 1000;
    return gone < seconds || (tally.advanced < patience.advances && gone < patience.seconds);
  };
  try {
    if (behaviour === "paced") await follow(writer, tally, goesOn);
    else await question(writer, tally, behaviour, goesOn);
  } finally {
    await writer.stop();
  }
  const commits = tallyCommits(folder);
  const before = digest(path.dirname(writer.database));
  await pureRead(writer.database, behaviour);
  const after = digest(path.dirname(writer.database));
  const { calls, accepted, rejected, torn, failed, advanced } = tally;
  const freshness = tally.freshness();
  return {
    behaviour,
    writer: writer.says,
    commits,
    calls,
    accepted,
    rejected,
    torn,
    failed,
    advanced,
    freshness,
    before,
    after,
  };
}

/** One call after the other. */
async function question(
  writer: Writer,
  tally: Tally,
  behaviour: Behaviour,
  goesOn: () => boolean,
): Promise<void> {
  const questions = questionsFor(behaviour);
  let store: TraceStore | undefined;
  try {
    while (goesOn()) {
      if (store === undefined) {
        try {
          store = await openTraceStore(writer.database);
        } catch (thrown) {
          tally.calls++;
          tally.refuse(thrown);
          continue;
        }
      }
      await tally.ask(store, questions[Math.floor(Math.random() * questions.length)]!);
    }
  } finally {
    await store?.close();
  }
}

/** As a view does: watches the file, and asks when it changed. */
async function follow(writer: Writer, tally: Tally, goesOn: () => boolean): Promise<void> {
  const databases = new Databases((file) => openTraceStore(file));
  const database = databases.get(writer.database);
  const [, list] = questionsFor("paced");
  let reading: Promise<void> | undefined;
  let again = false;
  const read = (): void => {
    if (reading !== undefined) {
      again = true;
      return;
    }
    reading = database
      .store()
      .then((store) => tally.ask(store, list!))
      .catch((thrown: unknown) => tally.refuse(thrown))
      .finally(() => {
        reading = undefined;
        if (!again) return;
        again = false;
        read();
      });
  };
  const subscription = database.onChange(read);
  const hold = database.hold();
  read();
  while (goesOn()) await new Promise((resolve) => setTimeout(resolve, 50));
  hold.dispose();
  subscription.dispose();
  await reading;
  await databases.dispose();
}

function tallyCommits(folder: string): number {
  return Math.floor(readFileSync(path.join(folder, "times")).length / 8) - 1;
}

/** Every question, of files that nobody writes any more. */
async function pureRead(file: string, behaviour: Behaviour): Promise<void> {
  const store = await openTraceStore(file);
  try {
    for (const question of questionsFor(behaviour)) {
      const verdict = await question(store);
      if (verdict.kind === "torn") throw new Error(`At rest: ${verdict.why}`);
    }
  } finally {
    await store.close();
  }
}

/** Names and bytes of all files in a folder. */
function digest(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).sort()) {
    hash.update(`${name}\0`).update(readFileSync(path.join(folder, name)));
  }
  return hash.digest("hex");
}
