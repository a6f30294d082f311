import { type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, existsSync } from "node:fs";
import path from "node:path";
import type { Outcome } from "./fake-process.ts";

/** The program as it is shipped. */
export const cliFile = path.join(__ENGINE_DIR__, "cli.js");

if (!existsSync(cliFile)) throw new Error(`${cliFile} is missing: run "npm run build" before these tests.`);

/** Copies the program to a folder that every user may read. */
export function copyOfCli(folder: string): string {
  for (const file of ["cli.js", "worker.js", "writer.js", "sql-wasm.wasm"]) {
    copyFileSync(path.join(__ENGINE_DIR__, file), path.join(folder, file));
    chmodSync(path.join(folder, file), 0o644);
  }
  return path.join(folder, "cli.js");
}

/** Starts the program, away from the databases and colours that this process's environment may name. */
export function startCli(args: readonly string[], options: SpawnOptions = {}, file = cliFile) {
  const { FLUJO_STATE_URI, FORCE_COLOR, NO_COLOR, ...environment } = process.env;
  const env = { ...environment, ...options.env };
  return spawn(process.execPath, [file, ...args], { ...options, env, stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs the shipped program to its end. */
export async function cli(
  args: readonly string[],
  options: SpawnOptions = {},
  file = cliFile,
): Promise<Outcome> {
  const child = startCli(args, options, file);
  const read = async (stream: NodeJS.ReadableStream) => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString("utf8");
  };
  const ended = once(child, "exit") as Promise<[code: number | null, signal: string | null]>;
  const [[code, signal], stdout, stderr] = await Promise.all([
    ended,
    read(child.stdout!),
    read(child.stderr!),
  ]);
  if (code === null) throw new Error(`flujo-lens ${args.join(" ")} ended by ${signal}: ${stderr}`);
  return { code, stdout, stderr };
}

/** The one JSON value that a successful command printed. */
export async function cliJson<T>(args: readonly string[], options: SpawnOptions = {}): Promise<T> {
  const { code, stdout, stderr } = await cli([...args, "--json"], options);
  if (code !== 0 || stderr !== "")
    throw new Error(`flujo-lens ${args.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
