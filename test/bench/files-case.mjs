// Writes a new database:   node files-case.mjs import|migrate SOURCE OUT STORE
import { pathToFileURL } from "node:url";
import { report, timed } from "./case-frame.mjs";

const [what, source, out, storeModule] = process.argv.slice(2).map(String);
/** @type {typeof import("../../src/library.ts")} */
const { createTraceStore } = (await import(pathToFileURL(String(storeModule)).href)).default;

const [published, milliseconds] = await timed(async () => {
  const writer = await createTraceStore(String(out), what === "migrate" ? { from: source } : {});
  if (what === "import") await writer.importFile(String(source));
  return writer.close();
});
report(published.report.spans, milliseconds);
