import path from "node:path";

/** The store's worker, as bundled. */
export const workerFile = path.join(__ENGINE_DIR__, "worker.js");

/** The writer's worker, as bundled. */
export const writerFile = path.join(__ENGINE_DIR__, "writer.js");

/** SQLite compiled to WebAssembly, as shipped by sql.js. */
export const wasmFile = path.join(__ENGINE_DIR__, "sql-wasm.wasm");
