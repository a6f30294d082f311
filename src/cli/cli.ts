import { findDatabase } from "../sources/discovery.ts";
import { openTraceStore } from "../store/store.ts";
import { exitCodes } from "./exit.ts";
import { runProgram } from "./program.ts";

const cancel = new AbortController();
process.once("SIGINT", () => {
  cancel.abort();
  // A second Ctrl+C does not wait for anything.
  process.once("SIGINT", () => process.exit(exitCodes.interrupted));
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
  openStore: (path) => openTraceStore(path),
  findDatabase: () => findDatabase(cwd, process.env),
}).then((code) => {
  process.exitCode = code;
});
