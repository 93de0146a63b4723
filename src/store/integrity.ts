import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SegmentBatch, segmentFault } from "./batch.ts";
import { DATABASE, FORMAT } from "./schema.ts";
import { TermList } from "./terms.ts";

/** What a look at a data folder has found. */
export interface Integrity {
  readonly records: number;
  readonly first: number;
  readonly last: number;
  readonly segments: number;
  /** Newest record of the newest whole snapshot; null where there is none. */
  readonly snapshot: number | null;
  /** What is wrong, one sentence each; empty where nothing is. */
  readonly faults: readonly string[];
}

/** More of one kind tell no more. */
const MAX_FAULTS = 50;

/**
 * Reads all of a data folder and changes nothing; a service may be writing to it meanwhile. Throws where there is none, or
 * where it cannot be opened as a database.
 */
export function checkFolder(folder: string): Integrity {
  const file = join(folder, DATABASE);
  if (!existsSync(file)) throw new Error(`\`${folder}\` is no data folder: it holds no \`${DATABASE}\``);
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    // One look at all of it: what is written meanwhile is not in it.
    db.exec("begin");
    return new Look(db).run();
  } finally {
    db.close();
  }
}

class Look {
  readonly #db: DatabaseSync;
  readonly #faults: string[] = [];

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  run(): Integrity {
    const format = this.#text("select value as n from meta where name = 'format'");
    const nothing = { records: 0, first: 0, last: 0, segments: 0, snapshot: null };
    if (format !== String(FORMAT)) return { ...nothing, faults: [`the format is ${format}, this version reads ${FORMAT}`] };
    for (const row of this.#db.prepare("pragma integrity_check").all()) {
      const found = String(row["integrity_check"]);
      if (found !== "ok") this.#fault(`SQLite: ${found}`);
    }
    const records = this.#number("select count(*) as n from log");
    const [first, last] = [this.#number("select min(seq) as n from log"), this.#number("select max(seq) as n from log")];
    if (records > 0 && records !== last - first + 1) this.#fault(`the records ${first} to ${last} are ${records}: some between are missing`);
    const segments = this.#segments(first, last);
    return { records, first, last, segments, snapshot: this.#snapshot(first, last), faults: this.#faults };
  }

  #segments(first: number, last: number): number {
    const terms = new TermList();
    terms.learn(this.#db.prepare("select id, text from terms order by id").all().map(({ id, text }) => ({ id: Number(id), text: String(text) })));
    let count = 0;
    let expected: number | null = null;
    for (const row of this.#db.prepare("select first, seq, bytes from segments order by seq").iterate()) {
      const [from, to] = [Number(row["first"]), Number(row["seq"])];
      const name = `the segment of the records ${from} to ${to}`;
      count += 1;
      if (expected === null && first > 0 && from > first) this.#fault(`the records ${first} to ${from - 1} are in no segment`);
      if (expected !== null && from !== expected) this.#fault(`${name} follows one that ends with ${expected - 1}`);
      expected = to + 1;
      const bytes = row["bytes"] as Uint8Array;
      const fault = segmentFault(bytes) ?? contentFault(bytes, from, to, terms);
      if (fault !== null) this.#fault(`${name} is damaged: ${fault}`);
    }
    if ((expected ?? 1) - 1 !== last) this.#fault(`the log ends with record ${last}, the segments with ${(expected ?? 1) - 1}`);
    return count;
  }

  #snapshot(first: number, last: number): number | null {
    const row = this.#db.prepare("select id, seq, bytes from snapshots where finished = 1 order by id desc limit 1").get();
    if (row === undefined) return null;
    const seq = Number(row["seq"]);
    const pieces = this.#db.prepare("select count(*) as n, max(number) as top, coalesce(sum(length(bytes)), 0) as bytes from pieces where snapshot = ?").get(row["id"] ?? null);
    const whole = Number(pieces?.["n"]) === Number(pieces?.["top"]) + 1 && Number(pieces?.["bytes"]) === Number(row["bytes"]);
    if (!whole) this.#fault(`pieces of the snapshot of record ${seq} are missing`);
    if (last > 0 && seq > last) this.#fault(`the snapshot is of record ${seq}, the log ends with ${last}`);
    if (first > seq + 1) this.#fault(`the records ${seq + 1} to ${first - 1} behind the snapshot are missing`);
    return seq;
  }

  #fault(text: string): void {
    if (this.#faults.length < MAX_FAULTS) this.#faults.push(text);
  }

  #number(sql: string): number {
    return Number(this.#db.prepare(sql).get()?.["n"] ?? 0);
  }

  #text(sql: string): string {
    return String(this.#db.prepare(sql).get()?.["n"]);
  }
}

/** Whether a segment whose checksum is right holds the records that it should, each readable to its end. */
function contentFault(bytes: Uint8Array, from: number, to: number, terms: TermList): string | null {
  try {
    const batch = new SegmentBatch(bytes, terms, 0, null);
    let expected = from;
    while (batch.next()) {
      if (batch.seq !== expected) return `record ${batch.seq} stands where ${expected} should`;
      if (batch.isEvent) batch.states();
      expected += 1;
    }
    return expected === to + 1 ? null : `it ends with record ${expected - 1}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
