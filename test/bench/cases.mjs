// What is measured, and by which programs.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../tools/paths.mjs";

/**
 * @typedef {object} Case
 * @property {string} name as the case programs know it.
 * @property {string} title
 * @property {readonly string[]} peers cases of the native program that give the same answer; the fastest one counts.
 * @property {string | undefined} flujo case of flujo's own program.
 * @property {boolean} opens whether its time and memory must not follow the size of the file.
 */

/** @type {readonly Case[]} */
export const cases = [
  { name: "open", title: "open to the first 100 runs", peers: ["open"], flujo: "open", opens: true },
  { name: "tree", title: "one run's tree", peers: ["tree"], flujo: "tree", opens: false },
  { name: "failed", title: "failed spans", peers: ["failed"], flujo: undefined, opens: false },
  {
    name: "statistics",
    title: "statistics",
    peers: ["statistics-rows", "statistics-sql"],
    flujo: "statistics",
    opens: false,
  },
  { name: "report", title: "all of the Statistics tab", peers: [], flujo: undefined, opens: false },
];

const here = path.dirname(fileURLToPath(import.meta.url));
const store = path.join(root, "dist", "store.js");

/**
 * Arguments for Node that run a case through the store.
 *
 * @param {string} name
 * @param {string} database
 */
export function lensArguments(name, database) {
  return [path.join(here, "lens-case.mjs"), name, database, store];
}

/**
 * Arguments for Node that run a case through its own SQLite.
 *
 * @param {string} name
 * @param {string} database
 */
export function nativeArguments(name, database) {
  return ["--no-warnings", path.join(here, "native-case.mjs"), name, database];
}

/**
 * Arguments for Python that run a case through flujo's own backend.
 *
 * @param {string} name
 * @param {string} database
 */
export function flujoArguments(name, database) {
  return [path.join(here, "flujo-case.py"), name, database];
}
