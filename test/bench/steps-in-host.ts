// Runs inside VS Code's extension host: the index of a large workspace and the cost of typing, each beside an idle host.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import type { TestAccess } from "../../src/extension.ts";

/** Milliseconds between two looks at the event loop. */
const RESOLUTION = 2;
/** Milliseconds in which VS Code comes to rest. */
const SETTLE = 8_000;
const IDLE = 10_000;
const ROUNDS = 6;
const KEYS = 40;
/** Milliseconds between two keys, as by a quick typist. */
const BETWEEN = 80;

/** How late the event loop was, in milliseconds. */
interface Delay {
  p99: number;
  max: number;
}

/** Milliseconds. */
interface TypingFigures {
  /** From a key to the end of the edit in the extension host. */
  median: number;
  p95: number;
  /** Processor time of the extension host's thread for each key, all that follows from it included. */
  busy: number;
  delay: Delay;
}

export interface HostFigures {
  files: number;
  steps: number;
  seconds: number;
  /** Milliseconds of the thread's processor time, the longest of the extension's own sections: reading sources, and looking for problems. */
  reading: number;
  problems: number;
  idle: Delay;
  indexing: Delay;
  typing: Record<"on" | "off", TypingFigures>;
  /** Milliseconds of processor time, the longest section of the extension's own while keys were pressed. */
  typingSection: number;
}

export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<TestAccess>("flujo-lens.flujo-lens")!;
  const access = await extension.activate();
  await access.databases.available();
  await sleep(SETTLE);
  const idle = (await delayDuring(() => sleep(IDLE))).delay;

  access.sectionClock.now = busyTime;
  const root = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  const began = performance.now();
  let seconds = 0;
  const { delay: indexing } = await delayDuring(async () => {
    await vscode.window.showTextDocument(vscode.Uri.file(path.join(root, "package_0", "pipeline_0.py")));
    await access.steps.start();
    seconds = (performance.now() - began) / 1000;
    // Problems are looked for once more at the end.
    await sleep(4_000);
  });
  const { files } = access.steps;
  const { longest: reading } = access.steps;
  const { longest: problems } = access.problems;

  access.steps.longest = 0;
  access.problems.longest = 0;
  const typing = await typeInto(vscode.Uri.file(path.join(root, "big.py")));
  const figures: HostFigures = {
    files: files.length,
    steps: files.reduce((sum, [, steps]) => sum + steps.length, 0),
    seconds,
    reading,
    problems,
    idle,
    indexing,
    typing,
    typingSection: Math.max(access.steps.longest, access.problems.longest),
  };
  writeFileSync(process.env.FLUJO_LENS_TEST_RESULT!, JSON.stringify(figures));
}

async function typeInto(uri: vscode.Uri): Promise<HostFigures["typing"]> {
  const editor = await vscode.window.showTextDocument(uri);
  const line = editor.document.getText().split("\n").indexOf("# Type here: ");
  editor.selection = new vscode.Selection(line, 13, line, 13);
  editor.revealRange(editor.selection);
  const times: Record<"on" | "off", number[]> = { on: [], off: [] };
  const delays: Record<"on" | "off", Delay[]> = { on: [], off: [] };
  const busy = { on: 0, off: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    // By turns, so that a busy machine is busy for both.
    const mode = round % 2 === 0 ? "on" : "off";
    await switchTo(mode);
    await sleep(3_000);
    const began = busyTime();
    const { delay } = await delayDuring(async () => {
      for (let key = 0; key < KEYS; key += 1) {
        const pressed = performance.now();
        await vscode.commands.executeCommand("type", { text: "x" });
        times[mode].push(performance.now() - pressed);
        await sleep(BETWEEN);
      }
      await sleep(1_000);
    });
    delays[mode].push(delay);
    busy[mode] += busyTime() - began;
  }
  const figuresOf = (mode: "on" | "off") => {
    const sorted = times[mode].sort((a, b) => a - b);
    return {
      median: sorted[Math.floor(sorted.length / 2)]!,
      p95: sorted[Math.floor(sorted.length * 0.95)]!,
      busy: busy[mode] / sorted.length,
      delay: {
        p99: Math.max(...delays[mode].map(({ p99 }) => p99)),
        max: Math.max(...delays[mode].map(({ max }) => max)),
      },
    };
  };
  return { on: figuresOf("on"), off: figuresOf("off") };
}

async function switchTo(mode: "on" | "off"): Promise<void> {
  const configuration = vscode.workspace.getConfiguration("flujoLens");
  const values = mode === "on" ? ["all", true, "warning", true] : ["off", false, "off", false];
  for (const [index, name] of ["codeLens", "hover", "problems", "highlight"].entries())
    await configuration.update(name, values[index], vscode.ConfigurationTarget.Workspace);
}

/** Milliseconds of the thread's processor time. VS Code's Node tells it, the types of the oldest Node that is supported do not. */
function busyTime(): number {
  const { threadCpuUsage } = process as unknown as { threadCpuUsage(): { user: number; system: number } };
  const { user, system } = threadCpuUsage();
  return (user + system) / 1000;
}

async function delayDuring(work: () => Promise<void>): Promise<{ delay: Delay }> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  histogram.enable();
  await sleep(50);
  histogram.reset();
  await work();
  histogram.disable();
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
  return { delay: { p99: late(histogram.percentile(99)), max: late(histogram.max) } };
}
