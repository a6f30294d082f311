import path from "node:path";
import { writerFile } from "../engine/assets.ts";
import { WorkerClient } from "../engine/client.ts";
import type { CallOptions } from "../store/model.ts";
import type { WriterMethods } from "./methods.ts";
import type { Recovery } from "./recover.ts";
import type { WriterWorkerData } from "./worker.ts";

/**
 * Writes what can be read of the damaged database at `file` to `out`, which must not exist, with the tables that it has.
 * Rejects with `not_a_database` and `corrupt` when nothing in the file is like a database of flujo's, else as `openTraceStore` does.
 */
export async function recoverDatabase(
  file: string,
  out: string,
  options: CallOptions = {},
): Promise<Recovery> {
  const data: WriterWorkerData = { file: out };
  const client = new WorkerClient<WriterMethods>(writerFile, data);
  try {
    return await client.call("recover", { path: path.resolve(file) }, options);
  } finally {
    await client.close();
  }
}
