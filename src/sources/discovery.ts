import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { parse, TomlError } from "smol-toml";
import { oneLine } from "../format/text.ts";
import { resolveStateUri, type Source } from "./address.ts";

/** What discovery needs from a disk. Paths are absolute; missing files are values, everything else rejects. */
export interface DiscoveryFiles {
  /** Text of a file, or undefined when there is no such file. */
  readText(file: string): Promise<string | undefined>;
  isFile(file: string): Promise<boolean>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The names flujo gives a database that nobody named, in the order in which they are looked for. */
export const defaultNames: readonly string[] = ["flujo_ops.db", path.join(".flujo", "flujo_ops.db")];

/**
 * The databases of the project around `folder`, found as flujo finds them: the environment's `FLUJO_STATE_URI`,
 * else `state_uri` in the nearest `flujo.toml` (walking up), else the default names that exist.
 * Relative addresses start at the folder of `flujo.toml`, or at `folder` when there is none.
 * Empty when nothing names a database and none of the default names exists. Never rejects.
 */
export async function findDatabases(
  folder: string,
  environment: Environment,
  files: DiscoveryFiles = nodeFiles,
): Promise<Source[]> {
  const configuration = await readConfiguration(folder, files);
  const base = configuration.folder;
  const fromEnvironment = environment.FLUJO_STATE_URI;
  if (fromEnvironment !== undefined && fromEnvironment.trim() !== "") {
    return [resolveStateUri(fromEnvironment, base, "environment")];
  }
  if (configuration.problem !== undefined) {
    return [{ kind: "problem", sentence: configuration.problem }];
  }
  if (configuration.stateUri !== undefined) {
    return [resolveStateUri(configuration.stateUri, base, "configuration")];
  }
  const found: Source[] = [];
  for (const name of defaultNames) {
    const file = path.join(base, name);
    if (await isFile(file, files)) found.push({ kind: "file", path: file, origin: "default" });
  }
  return found;
}

/** The one database a command in `folder` means: the first of {@link findDatabases}, or a sentence that says what to do. */
export async function findDatabase(
  folder: string,
  environment: Environment,
  files: DiscoveryFiles = nodeFiles,
): Promise<Source> {
  const [first] = await findDatabases(folder, environment, files);
  return (
    first ?? {
      kind: "problem",
      sentence:
        `No trace database was found for ${folder}: FLUJO_STATE_URI is not set, no flujo.toml names a state_uri, ` +
        `and there is no ${defaultNames.join(" or ")}. Name the file with --db FILE.`,
    }
  );
}

interface Configuration {
  /** Where relative addresses start. */
  readonly folder: string;
  readonly stateUri?: string;
  readonly problem?: string;
}

async function readConfiguration(folder: string, files: DiscoveryFiles): Promise<Configuration> {
  const start = path.resolve(folder);
  for (let at = start; ; at = path.dirname(at)) {
    const file = path.join(at, "flujo.toml");
    try {
      const text = await files.readText(file);
      if (text !== undefined) return { folder: at, ...stateUriOf(text, file) };
    } catch (thrown) {
      return { folder: at, problem: `${file} could not be read: ${messageOf(thrown)}.` };
    }
    if (at === path.dirname(at)) return { folder: start };
  }
}

function stateUriOf(text: string, file: string): { stateUri?: string; problem?: string } {
  let stateUri: unknown;
  try {
    stateUri = parse(text).state_uri;
  } catch (thrown) {
    const line = thrown instanceof TomlError ? `, line ${thrown.line}` : "";
    return { problem: `${file}${line} is not valid TOML: ${messageOf(thrown)}. Mend it, then refresh.` };
  }
  if (stateUri === undefined) return {};
  if (typeof stateUri === "string") return { stateUri };
  return {
    problem: `state_uri in ${file} is not text; write it as state_uri = "sqlite:///flujo_ops.db", then refresh.`,
  };
}

async function isFile(file: string, files: DiscoveryFiles): Promise<boolean> {
  try {
    return await files.isFile(file);
  } catch {
    // A default name that cannot even be looked at was named by nobody: not a fault worth a sentence.
    return false;
  }
}

function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  // The parser adds a picture of the place on further lines.
  return oneLine(text.split("\n", 1)[0]!.replace(/^Invalid TOML document: /, ""), 160).replace(/\.$/, "");
}

/** Larger than any flujo.toml, small enough to parse at once. */
const MAX_CONFIGURATION_BYTES = 1_000_000;

export const nodeFiles: DiscoveryFiles = {
  async readText(file) {
    try {
      const { size } = await stat(file);
      if (size > MAX_CONFIGURATION_BYTES) throw new Error("the file is larger than 1 MB");
      return await readFile(file, "utf8");
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }
  },
  async isFile(file) {
    try {
      return (await stat(file)).isFile();
    } catch (thrown) {
      if (isMissing(thrown)) return false;
      throw thrown;
    }
  },
};

function isMissing(thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}
