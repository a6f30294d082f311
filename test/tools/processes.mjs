// Child processes: run to the end, or find out where a program is. Imports nothing but Node.
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import net from "node:net";
import path from "node:path";

/** What a person can act on: the message is printed without a stack, and the tool ends with exit code 1. */
export class ToolError extends Error {}

/**
 * The environment for programs that must not notice who started them: not npm's script variables,
 * not an outer VS Code's, and no trace database of the user's own.
 *
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function cleanEnvironment(extra = {}) {
  const strange =
    /^(npm_(package|lifecycle|command|execpath|node_execpath)|npm_config_(local_prefix|prefix|global_prefix|omit|include)$|VSCODE_|ELECTRON_|NODE_OPTIONS$|FLUJO_STATE_URI$|INIT_CWD$)/;
  const kept = Object.entries(process.env).filter(([name]) => !strange.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}

/**
 * Runs a program to its end and resolves to what it printed on stdout.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options] `show`: let it write to this terminal.
 * @returns {Promise<string>}
 * @throws {ToolError} with the end of its output, when it cannot start or its exit code is not 0.
 */
export async function run(program, args, { cwd, env = cleanEnvironment(), show = false } = {}) {
  const { code, stdout, stderr } = await execute(program, args, { cwd, env, show });
  if (code === 0) return stdout;
  const tail = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new ToolError(
    `${path.basename(program)} ${args.join(" ")} ended with exit code ${code}.\n${tail}`.trim(),
  );
}

/**
 * Runs a program to its end and resolves to its exit code and output; never rejects for an exit code.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options]
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 * @throws {ToolError} when it cannot start.
 */
export function execute(program, args, { cwd, env = cleanEnvironment(), show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: show ? "inherit" : ["ignore", "pipe", "pipe"],
      // npm and code are batch files there, which only a shell can start.
      shell: process.platform === "win32",
    });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.once("error", (error) =>
      reject(new ToolError(`${program} could not be started: ${error.message}`)),
    );
    child.once("close", (code, signal) => resolve({ code: code ?? (signal ? 128 : 1), stdout, stderr }));
  });
}

/**
 * The path of a program that the shell would find, or undefined.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function which(name) {
  const names = process.platform === "win32" ? [`${name}.cmd`, `${name}.exe`] : [name];
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    for (const file of names) {
      if (folder !== "" && isExecutable(path.join(folder, file))) return path.join(folder, file);
    }
  }
  return undefined;
}

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A free port of 127.0.0.1: the preferred one when it is free.
 *
 * @param {number} [preferred]
 * @returns {Promise<number>}
 */
export function freePort(preferred = 0) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", (error) => (preferred === 0 ? reject(error) : resolve(freePort(0))));
    probe.listen(preferred, "127.0.0.1", () => {
      const { port } = /** @type {net.AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}

/**
 * The frame of every tool here: runs it, prints a failure, sets the exit code. What is registered for the process's
 * exit happens for signals too.
 *
 * @param {() => Promise<number | void>} body resolves to the exit code, 0 when undefined.
 */
export async function main(body) {
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.once(signal, () => process.exit(code));
  }
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    console.error(error instanceof ToolError ? error.message : error);
    process.exitCode = 1;
  }
}
