import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** How a writer treats its database; see writer.py. */
export const behaviours = [
  "autocheckpoint",
  "checkpoints",
  "reopen",
  "rollback",
  "killed",
  "save_trace",
] as const;
/** The same over a file too large to be copied at once. */
export const largeBehaviours = ["large", "large_reopen", "large_rollback"] as const;
export type Behaviour = (typeof behaviours)[number] | (typeof largeBehaviours)[number] | "paced";

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), "writer.py");

/** Python with its own SQLite: a writer that shares nothing with the reader. Undefined where there is none. */
export const python = spawnSync("python3", ["-c", "import sqlite3"]).status === 0 ? "python3" : undefined;

/** A Python that can import flujo; the environment names it. */
const flujoPython = process.env.FLUJO_LENS_FLUJO_PYTHON;

/** A writer at work. Ended at random and started again when its behaviour says so. */
export class Writer {
  readonly database: string;
  /** What the writer says of itself, such as whether it is flujo. */
  says = "";
  private readonly times: string;
  private readonly descriptor: number;
  private child: ChildProcess | undefined;
  private killing: NodeJS.Timeout | undefined;
  private stopped = false;

  private constructor(
    folder: string,
    private readonly behaviour: Behaviour,
  ) {
    this.database = path.join(folder, "database", "flujo_ops.db");
    this.times = path.join(folder, "times");
    this.descriptor = openSync(this.times, "w+");
  }

  /** `folder` must hold an empty folder `database`. Resolves when the first commit stands. */
  static async start(folder: string, behaviour: Behaviour): Promise<Writer> {
    const writer = new Writer(folder, behaviour);
    await writer.run();
    if (behaviour === "killed") writer.killSoon();
    return writer;
  }

  /** The number of the last commit that has returned. */
  get committed(): number {
    return Math.floor(fstatSync(this.descriptor).size / 8) - 1;
  }

  /** When that commit had returned, seconds since the epoch; 0 when the writer was ended before it could tell. */
  timeOf(commit: number): number {
    const bytes = Buffer.alloc(8);
    return readSync(this.descriptor, bytes, 0, 8, commit * 8) === 8 ? bytes.readDoubleLE() : 0;
  }

  /** Ends the writer where it stands. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.killing);
    await this.kill();
    closeSync(this.descriptor);
  }

  private async run(): Promise<void> {
    const program = this.behaviour === "save_trace" ? (flujoPython ?? python!) : python!;
    const child = spawn(program, [script, this.database, this.times, this.behaviour], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.child = child;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === "ready") return;
      this.says = line;
    }
    if (!this.stopped) throw new Error(`The writer ${this.behaviour} did not start.`);
  }

  private killSoon(): void {
    this.killing = setTimeout(
      async () => {
        await this.kill();
        // What it left behind lies there for a while.
        await new Promise((resolve) => setTimeout(resolve, 200 * Math.random()));
        if (this.stopped) return;
        await this.run();
        if (!this.stopped) this.killSoon();
      },
      100 + 400 * Math.random(),
    );
  }

  private async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}

export function flujoIsThere(): boolean {
  return flujoPython !== undefined && existsSync(flujoPython);
}
