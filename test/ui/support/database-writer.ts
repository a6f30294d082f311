import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { installVsCode } from "../../tools/vscode-install.mjs";

/** Runs under the Node of VS Code, which has SQLite. */
const program = `
  import { DatabaseSync } from "node:sqlite";
  import { createInterface } from "node:readline";
  const database = new DatabaseSync(process.argv[1]);
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      database.exec(JSON.parse(line));
      console.log("");
    } catch (error) {
      console.log(error.message);
    }
  }
  database.close();`;

/** A program of its own that writes to a database as flujo does, with its log beside the file while it runs. */
export class DatabaseWriter {
  readonly #answers: AsyncIterator<string>;

  private constructor(
    private readonly child: ChildProcessByStdio<Writable, Readable, null>,
    lines: Interface,
  ) {
    this.#answers = lines[Symbol.asyncIterator]();
  }

  static async start(file: string): Promise<DatabaseWriter> {
    const { node } = await installVsCode();
    const child = spawn(node, ["--no-warnings", "--input-type=module", "-e", program, file], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    return new DatabaseWriter(child, createInterface({ input: child.stdout }));
  }

  /** Runs statements; rejects with SQLite's message. */
  async run(sql: string): Promise<void> {
    this.child.stdin.write(`${JSON.stringify(sql)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true || value !== "") throw new Error(value ?? "The writer ended.");
  }

  /** Ends the program; SQLite then moves the log into the file. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.stdin.end();
    await ended;
  }
}
