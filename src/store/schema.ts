import { randomInt } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { StoreRefused } from "./refusal.ts";

/** The shape of the file. A folder written by a later shape is refused: guessing at it could lose what it holds. */
export const FORMAT = 2;

/** The database in a data folder. */
export const DATABASE = "sluice.db";

/** Pages held in memory by the writer, in KiB: the upper levels of the index of ids stay in it. */
const WRITER_CACHE_KB = 64 * 1024;
/** Pages of the write-ahead log between checkpoints, 16 MB: each costs some 15 ms of the writer. */
const CHECKPOINT_PAGES = 4_096;

/**
 * `none` promises nothing and does not wait; `os` survives the end of the process; `disk` the loss of power too.
 */
export type Durability = "none" | "os" | "disk";

const SYNCHRONOUS: Readonly<Record<Durability, string>> = { none: "OFF", os: "NORMAL", disk: "FULL" };

const TABLES = `
create table if not exists meta (name text primary key, value text not null) without rowid;
create table if not exists log (
  seq integer primary key,
  kind text not null,
  type text not null,
  event_id text,
  at integer not null,
  received integer not null,
  version text not null,
  body text not null,
  edits text,
  decision_id text,
  decision text,
  features text
);
create unique index if not exists log_decision on log(decision_id) where decision_id is not null;
create index if not exists log_event on log(event_id, type) where event_id is not null;
create table if not exists words (id integer primary key, word text not null unique);
create table if not exists marks (word integer not null, seq integer not null, primary key (word, seq)) without rowid;
create table if not exists labels (seq integer primary key, label text not null);
create index if not exists labels_label on labels(label, seq);
create table if not exists terms (id integer primary key, text text not null unique);
create table if not exists segments (seq integer primary key, first integer not null, newest integer not null, bytes blob not null);
create table if not exists list_entries (list text not null, key text not null, until integer, unique (list, key));
create table if not exists versions (id integer primary key, seq integer not null, activated integer not null, version text not null, files text not null, features blob not null);
create table if not exists snapshots (id integer primary key, seq integer not null, made integer not null, bytes integer not null, finished integer not null);
create table if not exists pieces (snapshot integer not null, number integer not null, part text not null, bytes blob not null, primary key (snapshot, number)) without rowid;
`;

/** Readies the connection that writes and makes the tables where there are none. Throws `StoreRefused`. */
export function prepare(db: DatabaseSync, durability: Durability): void {
  db.exec("pragma auto_vacuum = incremental");
  db.exec("pragma journal_mode = wal");
  db.exec(`pragma synchronous = ${SYNCHRONOUS[durability]}`);
  db.exec(`pragma cache_size = -${WRITER_CACHE_KB}; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}; pragma temp_store = memory`);
  const format = formatOf(db);
  if (format !== null && format !== FORMAT) {
    throw new StoreRefused(
      "format",
      format > FORMAT
        ? `the data folder was written by a later version (format ${format}, this one knows ${FORMAT}); run that version, or name another folder`
        : `the data folder has the old format ${format}; name another folder`,
    );
  }
  if (format === null) {
    db.exec("begin immediate");
    db.exec(TABLES);
    db.prepare("insert into meta (name, value) values ('format', ?), ('seed', ?)").run(String(FORMAT), String(randomInt(2 ** 32)));
    db.exec("commit");
  }
  // Snapshots whose writing was cut off are no use to anybody.
  db.exec("delete from pieces where snapshot not in (select id from snapshots where finished = 1); delete from snapshots where finished = 0");
}

function formatOf(db: DatabaseSync): number | null {
  const known = db.prepare("select 1 from sqlite_schema where type = 'table' and name = 'meta'").get();
  if (known === undefined) return null;
  const row = db.prepare("select value from meta where name = 'format'").get();
  return row === undefined ? null : Number(row["value"]);
}

/** The first version with a write-ahead log; since then a checkpoint that meets a write could damage the file. */
const BROKEN_SINCE = [3, 7, 0] as const;
/** Where that was mended, by the release before the next one that has it: see sqlite.org/wal.html, "the WAL-reset bug". */
const MENDED: readonly (readonly [major: number, minor: number, patch: number])[] = [
  [3, 44, 6],
  [3, 50, 7],
  [3, 51, 3],
];
/** Mended too, but taken back by its makers. */
const WITHDRAWN = "3.52.0";

/** Why a version of SQLite is not to be trusted with a write-ahead log, or null. */
export function versionFault(version: string): string | null {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const remedy = "run a Node that brings 3.51.3, 3.53.0 or later";
  if (version === WITHDRAWN) return `SQLite ${version} was withdrawn by its makers; ${remedy}`;
  if (major !== BROKEN_SINCE[0] || minor < BROKEN_SINCE[1]) return `SQLite ${version} is not known here; ${remedy}`;
  if (minor > 51) return null;
  const mended = MENDED.some(([, at, from]) => minor === at && patch >= from);
  return mended ? null : `SQLite ${version} can damage a database with a write-ahead log; ${remedy}`;
}
