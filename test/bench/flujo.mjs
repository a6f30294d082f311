// flujo itself as a further contestant, where a Python that can import it is named.
import { execute } from "../tools/processes.mjs";
import { flujoArguments } from "./cases.mjs";

/** The environment variable that names a Python which can import flujo. */
export const pythonVariable = "FLUJO_LENS_FLUJO_PYTHON";

/** Databases that were found unreadable, so that it is said once. */
const told = new Set();

/**
 * Whether the named flujo can read a database; prints a line when it is not there or cannot.
 *
 * @param {string} database
 * @param {string} title of the database.
 * @returns {Promise<string | undefined>} the Python.
 */
export async function flujoPython(database, title) {
  const python = process.env[pythonVariable];
  if (python === undefined) return undefined;
  const { code, stderr } = await execute(python, flujoArguments("open", database));
  if (code === 0) return python;
  if (told.has(title)) return undefined;
  told.add(title);
  const reason = stderr.trim().split("\n").at(-1);
  console.log(`flujo in ${python} does not read ${title} (${reason}); it is left out there.`);
  return undefined;
}
