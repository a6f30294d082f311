import { setFlagsFromString } from "node:v8";
import { findDatabase } from "../sources/discovery.ts";
import { openStore } from "../sources/open-store.ts";
import { exitCodes } from "./exit.ts";
import { runProgram } from "./program.ts";

// Node 20 aborts, or hangs, when a worker ends while V8 still optimizes its code on another thread and that asks for a
// garbage collection. A short command ends its worker at just that moment, so the workers optimize on their own threads.
setFlagsFromString("--no-concurrent-recompilation");

const cancel = new AbortController();
process.once("SIGINT", () => {
  cancel.abort();
  // A read that hangs (a pipe, a network folder) cannot be called off, and even an orderly exit would wait for it.
  // So after a second the signal does what it does by nature, and at once when Ctrl+C comes again: nobody listens any more.
  setTimeout(() => process.kill(process.pid, "SIGINT"), 1000).unref();
});

const cwd = process.cwd();
process.exitCode = exitCodes.failed;
void runProgram(process.argv.slice(2), {
  cwd,
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: cancel.signal,
  now: () => Date.now() / 1000,
  openStore,
  findDatabase: () => findDatabase(cwd, process.env),
}).then((code) => {
  process.exitCode = code;
});
