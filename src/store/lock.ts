import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreRefused } from "./refusal.ts";

const LOCK = "lock.db";

/**
 * Holds a folder for this process until it is released or the process ends, however it ends: the lock is the operating
 * system's, taken by an empty database that is opened for one writer. Throws `StoreRefused` where another has it.
 */
export function lockFolder(folder: string): () => void {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(join(folder, LOCK), { timeout: 0 });
    db.exec("pragma locking_mode = exclusive; begin exclusive");
  } catch (error) {
    if (db?.isOpen === true) db.close();
    const busy = error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
    if (busy) throw new StoreRefused("locked", `another process uses the data folder \`${folder}\`; stop it, or name another folder`);
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreRefused("unusable", `the data folder \`${folder}\` cannot be locked: ${why}`, { cause: error });
  }
  const held = db;
  return () => held.close();
}

const SQLITE_BUSY = 5;
