import { ReadOnlyFile } from "./read-only-file.ts";

const magic = Buffer.from("d9d505f920a163d7", "hex");

/**
 * Whether a transaction stands in the rollback journal of this database: one under way, or one that a crash left behind.
 * A journal that is kept between transactions is empty or has no magic number while it rests.
 */
export function hasOpenJournal(databasePath: string): boolean {
  const file = ReadOnlyFile.open(`${databasePath}-journal`);
  if (file === undefined) return false;
  try {
    const start = Buffer.alloc(magic.length);
    return file.read(start, magic.length, 0) === magic.length && start.equals(magic);
  } finally {
    file.close();
  }
}
