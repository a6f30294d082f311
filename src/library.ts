/** What `import … from "flujo-lens"` gives in plain Node. */
export { TraceError } from "./engine/errors.ts";
export type * from "./store/model.ts";
export type { TraceStore } from "./store/store.ts";
export { openTraceStore } from "./store/store.ts";
export type { CreateOptions, Published, TraceWriter } from "./write/create.ts";
export { createTraceStore } from "./write/create.ts";
export type { NestedSpan, TraceToSave } from "./write/flatten.ts";
export type { RunRow } from "./write/new-database.ts";
export type { Remark, WriteReport } from "./write/report.ts";
