import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import type { WriterStart } from "../../../src/store/protocol.ts";
import { serveWriter } from "../../../src/store/writing.ts";

/*
 * The writing thread over a database that fails as SQLite does: a file `errno` in the data folder says which statements fail,
 * with what, how often, and whether before or after they were carried out.
 */

export interface Errno {
  /** What the text of the statement begins with. */
  readonly statement: string;
  readonly code: number;
  readonly message: string;
  readonly times: number;
  readonly when: "before" | "after";
}

const start = workerData as WriterStart;
const file = join(start.folder, "errno");

function failing<T>(sql: string, run: () => T): T {
  const planted = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Errno) : null;
  if (planted === null || planted.times === 0 || !sql.startsWith(planted.statement)) return run();
  writeFileSync(`${file}.new`, JSON.stringify({ ...planted, times: planted.times - 1 }));
  renameSync(`${file}.new`, file);
  if (planted.when === "after") run();
  throw Object.assign(new Error(planted.message), { code: "ERR_SQLITE_ERROR", errcode: planted.code });
}

// oxlint-disable-next-line typescript/unbound-method -- it is called with the object that it is asked of
const exec = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function (sql) {
  failing(sql, () => exec.call(this, sql));
};
// oxlint-disable-next-line typescript/unbound-method -- it is called with the object that it is asked of
const run = StatementSync.prototype.run;
StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
  return failing(this.sourceSQL, () => run.apply(this, values));
} as typeof run;

if (parentPort !== null) serveWriter(parentPort, start);
