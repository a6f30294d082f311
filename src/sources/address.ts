import path from "node:path";
import { oneLine } from "../format/text.ts";

/** Who named a database. */
export type Origin = "environment" | "configuration" | "default" | "setting" | "opened" | "argument";

/** Where traces are, or one sentence about why they cannot be read from there. */
export type Source =
  | { readonly kind: "file"; readonly path: string; readonly origin: Origin }
  /** `address` is safe to show: it carries no user name, password or query. */
  | { readonly kind: "unsupported"; readonly address: string; readonly sentence: string }
  | { readonly kind: "problem"; readonly sentence: string };

const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;
const SQLITE = /^sqlite3?(?:\+\w+)?:/i;

/**
 * Resolves what `FLUJO_STATE_URI`, `state_uri` or a setting says to a {@link Source}.
 * `sqlite:///x.db` is relative to `folder`, `sqlite:////x.db` is absolute; `sqlite://x.db` and plain paths are taken too.
 * Never looks at the disk.
 */
export function resolveStateUri(uri: string, folder: string, origin: Origin = "configuration"): Source {
  const text = uri.trim();
  if (text === "") return { kind: "problem", sentence: "The address of the trace database is empty." };
  if (SQLITE.test(text)) return sqliteFile(text, folder, origin);
  const scheme = SCHEME.exec(text)?.[1];
  if (scheme !== undefined) return unsupported(scheme.toLowerCase(), text);
  return file(text, folder, origin);
}

function sqliteFile(text: string, folder: string, origin: Origin): Source {
  const rest = text.replace(SQLITE, "").replace(/\?.*$/s, "");
  // Two slashes open the authority, which is empty; a third one only separates it from the path.
  const name = rest.startsWith("//") ? rest.slice(2).replace(/^\/(?=.)/, "") : rest;
  if (name === "" || name === "/" || name.endsWith(":memory:")) {
    return { kind: "problem", sentence: `"${oneLine(text)}" names no file, so there is no trace to open.` };
  }
  return file(name, folder, origin);
}

function file(name: string, folder: string, origin: Origin): Source {
  if (name.includes("\0")) {
    return { kind: "problem", sentence: `"${oneLine(name)}" is not a path of a file.` };
  }
  return { kind: "file", path: path.resolve(folder, name), origin };
}

function unsupported(scheme: string, text: string): Source {
  const address = withoutSecrets(scheme, text);
  const sentence = /^(postgres|postgresql)(\+|$)/.test(scheme)
    ? `Traces in PostgreSQL (${address}) are not yet supported; only SQLite files can be opened.`
    : `"${address}" is not an address that can be opened; only SQLite files (sqlite:///path.db) can.`;
  return { kind: "unsupported", address, sentence };
}

/** Scheme, host, port and path of an address, or only its scheme when it is not certain where a password ends. */
function withoutSecrets(scheme: string, text: string): string {
  const hidden = `${scheme}://…`;
  const rest = text.slice(scheme.length + "://".length);
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const tail = end < 0 ? "" : rest.slice(end);
  // An unescaped "/", "?" or "#" in a password ends the authority too early, and leaves an "@" behind it.
  if (tail.includes("@")) return hidden;
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  if (!/^(?:[\w.-]*|\[[\da-f:.]+\])(?::\d+)?$/i.test(host)) return hidden;
  return oneLine(`${scheme}://${host}${tail.replace(/[?#].*$/s, "")}`, 120);
}
