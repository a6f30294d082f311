import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { constants } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fixture, freshFolder } from "../support/fixtures.ts";
import { cli, cliJson, startCli } from "./run-cli.ts";

describe("the program as a process", () => {
  it("leaves quietly, and not as done, when its reader leaves", async () => {
    const file = path.join(freshFolder(), "wide.json");
    const children = Array.from({ length: 50_000 }, (_, index) => ({ name: `step_${index}` }));
    writeFileSync(file, JSON.stringify({ name: "root", children }));
    const child = startCli(["from-file", file]);
    let stderr = "";
    child.stderr!.on("data", (chunk) => {
      stderr += chunk;
    });
    const exit = once(child, "exit");
    await once(child.stdout!, "data");
    child.stdout!.destroy();
    expect(await exit).toEqual([141, null]);
    expect(stderr).toBe("");
  });

  it("ends by Ctrl+C, which shells count as 130, even when a read hangs", async ({ skip }) => {
    if (process.platform === "win32") skip("Windows has no named pipes in its file system.");
    const pipe = path.join(freshFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    const child = startCli(["from-file", pipe, "--json"]);
    const exit = once(child, "exit") as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
    // Opening for writing waits until the program has opened the pipe for reading.
    const writer = await open(pipe, "w");
    child.kill("SIGINT");
    const [code, signal] = await exit;
    expect(code ?? 128 + constants.signals[signal!]).toBe(130);
    await writer.close();
  });

  it("reads an export from a pipe", async ({ skip }) => {
    if (process.platform === "win32") skip("Windows has no /dev/stdin.");
    const pipe = path.join(freshFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    const outcome = cli(["from-file", pipe, "--json"]);
    const writer = await open(pipe, "w");
    await writer.writeFile('{"name": "root"}');
    await writer.close();
    expect(JSON.parse((await outcome).stdout)).toMatchObject({ name: "root" });
  });

  it("finds the database from the current folder as flujo does, and FLUJO_STATE_URI first", async () => {
    const project = freshFolder();
    const deep = path.join(project, "pipelines", "nightly");
    mkdirSync(deep, { recursive: true });
    writeFileSync(
      path.join(project, "flujo.toml"),
      `state_uri = ${JSON.stringify(`sqlite:///${fixture("live")}`)}\n`,
    );
    expect(await cliJson(["list"], { cwd: deep })).toHaveLength(12);
    const env = { FLUJO_STATE_URI: `sqlite:///${fixture("v0.6.11")}` };
    expect(await cliJson(["list", "--limit", "1000"], { cwd: deep, env })).toHaveLength(300);
    const lost = await cli(["list"], { cwd: freshFolder() });
    expect(lost).toMatchObject({ code: 1, stdout: "" });
    expect(lost.stderr).toContain("--db");
  });

  it("obeys FORCE_COLOR, NO_COLOR and --no-color", async () => {
    const args = ["list", "--limit", "1", "--db", fixture("v0.6.11")];
    expect((await cli(args)).stdout).not.toContain("\u001B[");
    expect((await cli(args, { env: { FORCE_COLOR: "1" } })).stdout).toContain("\u001B[34m● running");
    expect((await cli([...args, "--no-color"], { env: { FORCE_COLOR: "1" } })).stdout).not.toContain(
      "\u001B[",
    );
    expect((await cli(["--json", ...args], { env: { FORCE_COLOR: "1" } })).stdout).not.toContain("\u001B[");
  });
});
