import type { TextStream } from "../../../src/cli/output.ts";
import type { Process } from "../../../src/cli/program.ts";
import { runProgram } from "../../../src/cli/program.ts";
import type { TraceStore } from "../../../src/store/store.ts";

/** What a run of the program left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Keeps what is written to it. */
export class MemoryStream implements TextStream {
  text = "";

  constructor(
    readonly isTTY = false,
    readonly columns = 80,
  ) {}

  write(text: string, done: (error?: Error | null) => void): boolean {
    this.text += text;
    done();
    return true;
  }

  once(): this {
    return this;
  }
}

/** Runs the program without a process: `store` answers, whatever database is named. */
export async function run(
  args: readonly string[],
  store: Partial<TraceStore> = {},
  around: Partial<Process> = {},
): Promise<Outcome> {
  const stdout = new MemoryStream();
  const stderr = new MemoryStream();
  const code = await runProgram(args, {
    cwd: "/project",
    environment: {},
    stdout,
    stderr,
    signal: new AbortController().signal,
    now: () => 1_759_305_600,
    openStore: async () => ({ close: async () => undefined, ...store }) as TraceStore,
    findDatabase: async () => ({ kind: "file", path: "/project/flujo_ops.db", origin: "default" }),
    ...around,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
