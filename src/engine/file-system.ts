import { statfsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import path from "node:path";

/** File system numbers of Linux where a file that others have mapped into memory may read as it was long ago. */
const withoutSharedMemory = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x01021997, // 9p
  0x65735546, // FUSE and virtiofs
  0x786f4256, // VirtualBox shared folders
  0xbacbacbc, // VMware shared folders
]);

/** Whether changes by other machines are announced where this file lies. Asks without waiting for a network that is gone. */
export async function announcesChanges(file: string): Promise<boolean> {
  if (process.platform === "win32") return !path.resolve(file).startsWith("\\\\");
  if (process.platform !== "linux") return true;
  try {
    return !withoutSharedMemory.has((await statfs(file)).type >>> 0);
  } catch {
    return false;
  }
}

/** Whether the wal-index beside this file can be believed when it is read as a file: not across a network or a shared mount. */
export function sharesMemory(file: string): boolean {
  if (process.platform === "win32") return !path.resolve(file).startsWith("\\\\");
  if (process.platform !== "linux") return true;
  try {
    return !withoutSharedMemory.has(statfsSync(file).type >>> 0);
  } catch {
    // Unknown: the rule that needs no shared memory is always sound.
    return false;
  }
}
