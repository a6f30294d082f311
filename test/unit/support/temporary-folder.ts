import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Names the folder in which all test processes of this run make theirs. */
export const temporaryFolderVariable = "FLUJO_LENS_TEST_FOLDER";

/** Run once around all test files: the processes that run them may be ended before they can tidy up themselves. */
export function setup(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-test-"));
  process.env[temporaryFolderVariable] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
