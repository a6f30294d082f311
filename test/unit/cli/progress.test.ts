import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fixture, freshFolder } from "../support/fixtures.ts";
import { MemoryStream, run } from "./fake-process.ts";

/** OTLP with so many spans. */
function writeSpans(file: string, count: number): void {
  const spans = Array.from({ length: count }, (_, at) => ({
    traceId: (1 + Math.floor(at / 10)).toString(16).padStart(32, "0"),
    spanId: (1 + at).toString(16).padStart(16, "0"),
    name: `step ${at % 7}`,
    startTimeUnixNano: "1760000000000000000",
    endTimeUnixNano: "1760000001000000000",
  }));
  writeFileSync(file, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
}

describe.each(["import", "migrate", "salvage"])("%s", (command) => {
  const invoke = async (terminal: boolean, ...more: string[]) => {
    const cwd = freshFolder();
    writeSpans(path.join(cwd, "spans.json"), 5_000);
    const stderr = new MemoryStream(terminal);
    const source = command === "import" ? ["spans.json"] : ["--db", fixture("v0.6.11")];
    const outcome = await run([command, ...source, "--out", "new.db", ...more], {}, { cwd, stderr });
    expect(outcome.code).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(["new.db", "spans.json"]);
    return { stdout: outcome.stdout, said: stderr.text };
  };

  it("says on the terminal how far it is, and takes the line away", async () => {
    const { stdout, said } = await invoke(true);
    expect(said.startsWith("\r\u001b[K")).toBe(true);
    expect(said).toMatch(/(?:Importing|Migrating|Salvaging) \d+ %/);
    expect(said.endsWith("\r\u001b[K")).toBe(true);
    expect(said).not.toContain("\n");
    expect(stdout).toMatch(/^Wrote \S+ runs?, \S+ spans to new\.db\.\n/);
  });

  it("is silent where stderr is no terminal, and with --json", async () => {
    expect((await invoke(false)).said).toBe("");
    expect((await invoke(true, "--json")).said).toBe("");
  });
});
