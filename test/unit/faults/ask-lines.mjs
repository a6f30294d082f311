// Opens a database and asks it anew for every line on stdin; prints how many runs there are, or the kind of the error.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [, , bundle, database] = process.argv;
const { openTraceStore } = await import(pathToFileURL(/** @type {string} */ (bundle)).href);
const store = await openTraceStore(/** @type {string} */ (database));
console.log("open");
for await (const _ of createInterface({ input: process.stdin })) {
  try {
    console.log((await store.listRuns({ limit: 1000 })).length);
  } catch (thrown) {
    console.log(/** @type {{ kind?: string }} */ (thrown).kind ?? String(thrown));
  }
}
await store.close();
