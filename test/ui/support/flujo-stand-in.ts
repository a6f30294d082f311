import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A program named `flujo` that writes down where it was run, and with which arguments. */
export class FlujoStandIn {
  private readonly calls: string;

  constructor(private readonly folder: string) {
    this.calls = path.join(folder, "calls");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      path.join(folder, "flujo"),
      `#!/bin/sh\nprintf '%s\\n' "$PWD" "$@" > '${this.calls}.new' && mv '${this.calls}.new' '${this.calls}'\n`,
      { mode: 0o755 },
    );
  }

  /** Settings by which terminals find it. */
  get settings(): Record<string, unknown> {
    return { "terminal.integrated.env.linux": { PATH: `${this.folder}:${process.env.PATH ?? ""}` } };
  }

  /** The folder and the arguments of the last call; undefined before the first. */
  get lastCall(): readonly string[] | undefined {
    return existsSync(this.calls) ? readFileSync(this.calls, "utf8").trimEnd().split("\n") : undefined;
  }
}
