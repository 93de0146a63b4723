import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { sealSegment } from "./batch.ts";
import type { Activation, Batch, Piece, Retention, WriterStart } from "./protocol.ts";
import type { ListEdit, LogRecord } from "./record.ts";
import { DATABASE, prepare, versionFault } from "./schema.ts";
import { StoreRefused } from "./refusal.ts";
import { firstSince } from "./seek.ts";
import type { Term } from "./terms.ts";

/** Rows that one step of forgetting takes: some milliseconds, so that no commit waits longer. */
const PRUNE_STEP = 2_000;
/** Sets of rules that are kept with their files, the active one among them: as many as can be gone back to, and some to look at. */
const KEPT_VERSIONS = 20;
/** Pages handed back to the file system after a step. */
const VACUUM_PAGES = 2_000;

/** Where a test can put faults: called before what it names is done, and what it throws counts as thrown by it. */
export type Fault = (step: "open" | "append" | "commit" | "committed" | "piece" | "prune") => void;

/** The one connection that writes. Every method throws what SQLite throws; after that only `close` may be called. */
export class Writer {
  readonly #db: DatabaseSync;
  readonly #fault: Fault;
  readonly #insert: StatementSync;
  readonly #mark: StatementSync;
  readonly #segment: StatementSync;
  readonly #term: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #label: StatementSync;
  readonly #words = new Map<string, number>();

  constructor({ folder, durability }: WriterStart, fault: Fault = () => undefined) {
    this.#fault = fault;
    fault("open");
    mkdirSync(folder, { recursive: true });
    this.#db = new DatabaseSync(join(folder, DATABASE), { timeout: 5_000 });
    try {
      const version = this.#db.prepare("select sqlite_version() as version").get()?.["version"];
      const wrong = versionFault(String(version));
      if (wrong !== null) throw new StoreRefused("sqlite", wrong);
      prepare(this.#db, durability);
    } catch (error) {
      this.#db.close();
      throw error;
    }
    this.#insert = this.#db.prepare(
      "insert into log (seq, kind, type, event_id, at, received, version, body, edits, decision_id, decision, features) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    // A disk that takes nothing shows here and not at the first event.
    this.#db.exec("insert or replace into meta (name, value) values ('opened', unixepoch())");
    this.#segment = this.#db.prepare("insert into segments (seq, first, newest, bytes) values (?, ?, ?, ?)");
    this.#term = this.#db.prepare("insert or ignore into terms (id, text) values (?, ?)");
    this.#put = this.#db.prepare("insert into list_entries (list, key, until) values (?, ?, ?) on conflict (list, key) do update set until = excluded.until");
    this.#remove = this.#db.prepare("delete from list_entries where list = ? and key = ?");
    this.#label = this.#db.prepare("insert into labels (seq, label) values (?, ?) on conflict (seq) do update set label = excluded.label");
    this.#mark = this.#db.prepare("insert or ignore into marks (word, seq) values (?, ?)");
    for (const row of this.#db.prepare("select id, word from words").iterate()) this.#words.set(String(row["word"]), Number(row["id"]));
  }

  /** Number and arrival of the newest record, also of one that retention has taken; zeros where there never was one. */
  last(): { readonly last: number; readonly received: number } {
    const row = this.#db.prepare("select seq, received from log order by seq desc limit 1").get();
    const kept = this.#db.prepare("select value from meta where name = 'last'").get();
    return { last: Math.max(Number(row?.["seq"] ?? 0), Number(kept?.["value"] ?? 0)), received: Number(row?.["received"] ?? 0) };
  }

  /** Where the hashes of ids begin, and the dictionary of segments. */
  known(): { readonly seed: number; readonly terms: readonly Term[] } {
    const seed = this.#db.prepare("select value from meta where name = 'seed'").get()?.["value"];
    const terms = this.#db.prepare("select id, text from terms order by id").all();
    return { seed: Number(seed), terms: terms.map(({ id, text }) => ({ id: Number(id), text: String(text) })) };
  }

  /** All records of the batch or none. */
  append({ seq, records, segment, newest, terms }: Batch): void {
    sealSegment(segment);
    this.#db.exec("begin immediate");
    try {
      this.#fault("append");
      records.forEach((record, index) => this.#record(seq + index, record));
      for (const { id, text } of terms) this.#term.run(id, text);
      this.#segment.run(seq + records.length - 1, seq, Math.ceil(newest), segment);
      this.#fault("commit");
      this.#db.exec("commit");
    } catch (error) {
      this.#rollback();
      throw error;
    }
    this.#fault("committed");
  }

  #record(seq: number, record: LogRecord): void {
    const { kind, type, eventId, at, received, version, body, edits, decisionId, decision, features } = record;
    this.#insert.run(seq, kind, type, eventId, at, received, version, body, edits, decisionId, decision, features);
    for (const mark of record.marks) this.#mark.run(this.#words.get(mark) ?? this.#learn(mark), seq);
    if (record.label !== undefined) this.#label.run(record.label.seq, record.label.text);
    const edited = kind === "list" ? body : edits;
    if (edited !== null) for (const edit of JSON.parse(edited) as readonly ListEdit[]) this.#edit(edit);
  }

  #edit([list, key, until]: ListEdit): void {
    if (until === false) this.#remove.run(list, JSON.stringify(key));
    else this.#put.run(list, JSON.stringify(key), until);
  }

  #learn(word: string): number {
    const id = Number(this.#db.prepare("insert into words (word) values (?)").run(word).lastInsertRowid);
    this.#words.set(word, id);
    return id;
  }

  #rollback(): void {
    if (this.#db.isTransaction) this.#db.exec("rollback");
  }

  /** Keeps one piece of a snapshot; with the end of it the snapshots before are given up. */
  keep({ snapshot, number, seq, part, bytes }: Piece): void {
    this.#fault("piece");
    if (number === 0) this.#begin(snapshot, seq);
    if (bytes !== null) {
      this.#db.prepare("insert into pieces (snapshot, number, part, bytes) values (?, ?, ?, ?)").run(snapshot, number, part, bytes);
      return;
    }
    this.#db.exec("begin immediate");
    try {
      this.#db.prepare("update snapshots set finished = 1, bytes = (select coalesce(sum(length(bytes)), 0) from pieces where snapshot = snapshots.id) where id = ?").run(snapshot);
      this.#db.prepare("delete from pieces where snapshot <> ?").run(snapshot);
      this.#db.prepare("delete from snapshots where id <> ?").run(snapshot);
      this.#db.exec("commit");
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  /** Begins a snapshot; what was left of one that was given up goes. */
  #begin(snapshot: number, seq: number): void {
    this.#db.exec("delete from pieces where snapshot in (select id from snapshots where finished = 0); delete from snapshots where finished = 0");
    this.#db.prepare("insert into snapshots (id, seq, made, bytes, finished) values (?, ?, unixepoch() * 1000, 0, 0)").run(snapshot, seq);
  }

  /** Notes that a set of rules has become active. */
  activated({ version, seq, at, files, features }: Activation): void {
    this.#db.exec("begin immediate");
    try {
      this.#db.prepare("insert into versions (seq, activated, version, files, features) values (?, ?, ?, ?, ?)").run(seq, at, version, JSON.stringify(files.map(({ path, text }) => ({ path, text: typeof text === "string" ? text : Buffer.from(text).toString("utf8") }))), features);
      this.#db.prepare("delete from versions where id not in (select id from versions order by id desc limit ?)").run(KEPT_VERSIONS);
      this.#db.exec("commit");
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  /**
   * Forgets a bounded number of records; `more` where there are others to forget, `held` where some wait for a snapshot
   * that knows them: records between a snapshot and the rest of the log must not be missing.
   */
  prune({ before, bytes, now }: Retention): { readonly records: number; readonly more: boolean; readonly bytes: number; readonly held: boolean } {
    this.#fault("prune");
    if (now !== undefined) this.#db.prepare("delete from list_entries where until <= ?").run(now);
    const oldest = Number(this.#db.prepare("select seq from log order by seq limit 1").get()?.["seq"] ?? 0);
    const { last } = this.last();
    const used = this.#used();
    const aged = firstSince(this.#db, before, last + 1);
    // What is too large loses a step at a time, and never its newest record.
    const wanted = Math.max(aged, used > bytes ? Math.min(oldest + PRUNE_STEP, last) : 0);
    const snapshot = this.#db.prepare("select seq from snapshots where finished = 1 order by id desc limit 1").get();
    const due = snapshot === undefined ? wanted : Math.min(wanted, Number(snapshot["seq"]) + 1);
    const held = due < wanted;
    const end = Math.min(due, oldest + PRUNE_STEP);
    if (oldest === 0 || end <= oldest) return { records: 0, more: false, bytes: used, held };
    this.#db.exec("begin immediate");
    try {
      this.#db.prepare("insert or replace into meta (name, value) values ('last', ?)").run(String(last));
      this.#db.prepare("delete from marks where seq < ? and word in (select id from words)").run(end);
      this.#db.prepare("delete from labels where seq < ?").run(end);
      this.#db.prepare("delete from log where seq < ?").run(end);
      this.#db.prepare("delete from segments where seq < ?").run(end);
      this.#db.exec("commit");
    } catch (error) {
      this.#rollback();
      throw error;
    }
    this.#db.exec(`pragma incremental_vacuum(${VACUUM_PAGES})`);
    const after = this.#used();
    return { records: end - oldest, more: end < due || (!held && after > bytes && end < last), bytes: after, held };
  }

  /** Bytes of the file that hold something. */
  #used(): number {
    const of = (name: string): number => Number(Object.values(this.#db.prepare(`pragma ${name}`).get() ?? {})[0]);
    return (of("page_count") - of("freelist_count")) * of("page_size");
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}
