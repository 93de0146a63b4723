import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from "node:sqlite";
import { outcomeMark, ruleMark, typeMark } from "./marks.ts";
import type { RecordKind, StoredRecord } from "./record.ts";
import { segmentFault } from "./batch.ts";
import type { Activation, SnapshotPart } from "./protocol.ts";
import { DATABASE } from "./schema.ts";
import { firstSince } from "./seek.ts";
import type { Term } from "./terms.ts";

/** Which decisions are asked for; null asks nothing. */
export interface DecisionFilter {
  readonly type: string | null;
  readonly ruleset: string | null;
  readonly outcome: string | null;
  readonly rule: string | null;
  readonly eventId: string | null;
  /** The newest label of its event. */
  readonly label: string | null;
  /** Version of the rules that decided. */
  readonly version: string | null;
  /** Arrival in milliseconds since 1970: `from` inclusive, `to` exclusive. */
  readonly from: number | null;
  readonly to: number | null;
}

/** What may be labelled. */
export interface Labelled {
  readonly seq: number;
  readonly type: string;
  /** JSON of each label put on it, oldest first. */
  readonly labels: readonly string[];
}

/** Newest first. It may hold less than was asked for, and nothing at all, although there is more. */
export interface DecisionPage {
  /** JSON of each decision. */
  readonly decisions: readonly string[];
  /** Ask for what is older than this record next; null where there is nothing older. */
  readonly next: number | null;
}

export interface Found {
  readonly seq: number;
  /** JSON of the decision. */
  readonly decision: string;
  /** JSON of the features that it read, null for none. */
  readonly features: string | null;
  /** JSON of each label put on its event, oldest first. */
  readonly labels: readonly string[];
}

export interface SnapshotInfo {
  /** The newest record that it knows. */
  readonly seq: number;
  readonly id: number;
  /** When it was begun, in milliseconds since 1970. */
  readonly made: number;
  readonly bytes: number;
}

/** Segments that follow each other, in one piece. */
export interface SegmentPage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Number of the newest record in them; the one that was asked for where there are none. */
  readonly last: number;
  /** The part of the dictionary that the asker did not know. */
  readonly terms: readonly Term[];
}

export interface ListEntry {
  readonly list: string;
  readonly key: string | number | boolean;
  readonly until: number | null;
}

/** Records that one page looks at: some tenths of a second, so that a search for what hardly exists holds nobody up. */
const MAX_LOOKED = 100_000;

/** See `Queries.reach`; times in milliseconds since 1970. */
export interface Reach {
  readonly oldest: number | null;
  readonly forgotten: boolean;
  readonly recent: number | null;
}

type Row = Readonly<Record<string, SQLOutputValue>>;

const COLUMNS =
  "seq, kind, type, event_id as eventId, at, received, version, body, edits, decision_id as decisionId, decision, features";

const LEAN = "seq, kind, type, event_id as eventId, at, received, version, body, edits, null as decisionId, null as decision, null as features";

/** A connection that only reads; what is being written meanwhile does not disturb it. */
export class Queries {
  readonly #db: DatabaseSync;
  readonly #looked: number;

  /** @param looked records that one page of decisions looks at */
  constructor(folder: string, looked = MAX_LOOKED) {
    this.#looked = looked;
    this.#db = new DatabaseSync(join(folder, DATABASE), { readOnly: true, timeout: 5_000 });
  }

  /** The newest event of a type with an id. */
  event(type: string, eventId: string): StoredRecord | null {
    const sql = `select ${COLUMNS} from log where event_id = ? and type = ? and kind in ('decided', 'observed') order by seq desc limit 1`;
    const row = this.#db.prepare(sql).get(eventId, type);
    return row === undefined ? null : recordOf(row);
  }

  decision(id: string): Found | null {
    const row = this.#db.prepare("select seq, type, event_id, decision, features from log where decision_id = ?").get(id);
    if (row === undefined) return null;
    const eventId = row["event_id"];
    return {
      seq: Number(row["seq"]),
      decision: String(row["decision"]),
      features: row["features"] === null ? null : String(row["features"]),
      labels: typeof eventId === "string" ? this.#labels(String(row["type"]), eventId, Number(row["seq"])) : [],
    };
  }

  /** The newest events with these ids, each of a type or of any; null for those that the log does not hold. */
  labelled(events: readonly { readonly eventId: string; readonly type: string | null }[]): (Labelled | null)[] {
    const find = this.#db.prepare("select seq, type from log where event_id = ? and type = coalesce(?, type) and kind in ('decided', 'observed') order by seq desc limit 1");
    return events.map(({ eventId, type }) => {
      const row = find.get(eventId, type);
      if (row === undefined) return null;
      const [seq, of] = [Number(row["seq"]), String(row["type"])];
      return { seq, type: of, labels: this.#labels(of, eventId, seq) };
    });
  }

  /** Labels of one event, oldest first: those that were put before another event came with its id. */
  #labels(type: string, eventId: string, seq: number): string[] {
    const next = this.#db.prepare("select min(seq) as seq from log where event_id = ? and type = ? and kind in ('decided', 'observed') and seq > ?").get(eventId, type, seq)?.["seq"];
    const sql = "select body from log where event_id = ? and type = ? and kind = 'label' and seq > ? and seq < ? order by seq";
    return this.#db.prepare(sql).all(eventId, type, seq, next ?? Number.MAX_SAFE_INTEGER).map((each) => String(each["body"]));
  }

  /** At most `limit` decisions older than the record `before`. */
  decisions(filter: DecisionFilter, limit: number, before: number | null): DecisionPage {
    const { sql, values } = this.#search(filter, before);
    const found: { readonly seq: number; readonly decision: string }[] = [];
    let looked = 0;
    let last = 0;
    for (const row of this.#db.prepare(sql).iterate(...values)) {
      last = Number(row["seq"]);
      looked += 1;
      if (typeof row["decision"] === "string") found.push({ seq: last, decision: row["decision"] });
      if (found.length > limit || looked >= this.#looked) break;
    }
    const page = found.slice(0, limit);
    const decisions = page.map(({ decision }) => decision);
    if (found.length > limit) return { decisions, next: page.at(-1)?.seq ?? null };
    return { decisions, next: looked >= this.#looked ? last : null };
  }

  /** Candidates by the order of their records, the newest first; those that do not fit are without their decision. */
  #search(filter: DecisionFilter, before: number | null): { readonly sql: string; readonly values: SQLInputValue[] } {
    const end = Number(this.#db.prepare("select seq from log order by seq desc limit 1").get()?.["seq"] ?? 0) + 1;
    const low = filter.from === null ? 0 : firstSince(this.#db, filter.from, end);
    const high = Math.min(before ?? end, filter.to === null ? end : firstSince(this.#db, filter.to, end));
    const groups = this.#words(filter);
    const { eventId, label, version } = filter;
    const fits = ["decision_id is not null"];
    const values: SQLInputValue[] = [];
    const ask = (sql: string, value: string | null): void => {
      if (value === null) return;
      fits.push(sql);
      values.push(value);
    };
    const lead = leadOf(filter, groups);
    ask("log.version = ?", version);
    if (lead.by !== "label") ask("exists (select 1 from labels where labels.seq = log.seq and label = ?)", label);
    for (const words of groups) fits.push(`exists (select 1 from marks where word in (${words.join(", ")}) and marks.seq = +log.seq)`);
    const sql = `select log.seq as seq, iif(${fits.join(" and ")}, decision, null) as decision from ${lead.from} and ${lead.seq} >= ? and ${lead.seq} < ? order by ${lead.seq} desc`;
    if (lead.by === "eventId") values.push(eventId);
    if (lead.by === "label") values.push(label);
    return { sql, values: [...values, low, high] };
  }

  /** For each part of the filter the numbers of its words, the likely rarest part first; [-1] for words never seen. */
  #words({ type, ruleset, outcome, rule }: DecisionFilter): number[][] {
    const ids = (sql: string, value: string): number[] => {
      const found = this.#db.prepare(`select id from words where ${sql}`).all(value).map((row) => Number(row["id"]));
      return found.length === 0 ? [-1] : found;
    };
    const groups: number[][] = [];
    if (rule !== null) groups.push(ids("word = ?", ruleMark(rule)));
    if (ruleset !== null && outcome !== null) groups.push(ids("word = ?", outcomeMark(ruleset, outcome)));
    else if (ruleset !== null) groups.push(ids("word glob ? || '*'", outcomeMark(ruleset, "")));
    else if (outcome !== null) groups.push(ids("word glob 'o:*:' || ?", outcome));
    if (type !== null) groups.push(ids("word = ?", typeMark(type)));
    return groups;
  }

  /** Records after one, in their order; unless `whole` without decisions and features, which are most of their bytes. */
  tail(after: number, limit: number, whole: boolean): StoredRecord[] {
    return this.#db.prepare(`select ${whole ? COLUMNS : LEAN} from log where seq > ? order by seq limit ?`).all(after, limit).map(recordOf);
  }

  /** Events of one type after a record that arrived at or after a time, in their order. */
  events(type: string, since: number, after: number, limit: number): StoredRecord[] {
    const [word] = this.#db.prepare("select id from words where word = ?").all(typeMark(type));
    if (word === undefined) return [];
    const end = Number(this.#db.prepare("select seq from log order by seq desc limit 1").get()?.["seq"] ?? 0) + 1;
    const low = Math.max(after + 1, firstSince(this.#db, since, end));
    const sql = `select ${COLUMNS} from marks m cross join log using (seq) where m.word = ? and m.seq >= ? order by m.seq limit ?`;
    return this.#db.prepare(sql).all(Number(word["id"]), low, limit).map(recordOf);
  }

  /** How many records there are, and the oldest and newest of them. */
  extent(): { readonly first: number; readonly last: number } {
    const row = this.#db.prepare("select (select seq from log order by seq limit 1) as first, (select seq from log order by seq desc limit 1) as last").get();
    return { first: Number(row?.["first"] ?? 0), last: Number(row?.["last"] ?? 0) };
  }

  /**
   * Segments with records after one, without those in which every event is older than `since`. As many as make up about
   * `room` bytes, one at least where there is one. Throws where one is damaged.
   * @param known the highest term that the asker knows
   */
  segments(after: number, since: number, known: number, room: number): SegmentPage {
    const found: Uint8Array[] = [];
    let size = 0;
    let last = after;
    for (const row of this.#db.prepare("select seq, first, bytes from segments where seq > ? and newest >= ? order by seq").iterate(after, finite(since))) {
      const bytes = row["bytes"] as Uint8Array;
      const fault = segmentFault(bytes);
      if (fault !== null) throw new Error(`the segment of the records ${String(row["first"])} to ${String(row["seq"])} is damaged: ${fault}`);
      found.push(bytes);
      size += bytes.length;
      last = Number(row["seq"]);
      if (size >= room) break;
    }
    const whole = new Uint8Array(size);
    let at = 0;
    for (const bytes of found) {
      whole.set(bytes, at);
      at += bytes.length;
    }
    // After the segments: what they refer to was written no later than they were.
    const terms = this.#db.prepare("select id, text from terms where id > ? order by id").all(known);
    return { bytes: whole, last, terms: terms.map(({ id, text }) => ({ id: Number(id), text: String(text) })) };
  }

  /** Numbers of the first record after one whose segment has an event not older than `since`, and of the first and last in segments; zeros for none. */
  segmentExtent(since: number): { readonly first: number; readonly last: number; readonly from: number } {
    const of = (sql: string, ...values: number[]): number => Number(this.#db.prepare(sql).get(...values)?.["n"] ?? 0);
    return {
      first: of("select first as n from segments order by seq limit 1"),
      last: of("select seq as n from segments order by seq desc limit 1"),
      from: of("select first as n from segments where newest >= ? order by seq limit 1", finite(since)),
    };
  }

  /**
   * How far the log reaches for events of one type: the time of the oldest that is there, whether records before it were
   * forgotten, and the earliest time among the newest `recent`, null where there are not so many.
   */
  reach(type: string, recent: number): Reach {
    const first = Number(this.#db.prepare("select seq from log order by seq limit 1").get()?.["seq"] ?? 0);
    const [word] = this.#db.prepare("select id from words where word = ?").all(typeMark(type));
    if (word === undefined) return { oldest: null, forgotten: first > 1, recent: null };
    const id = Number(word["id"]);
    const oldest = this.#db.prepare("select at from marks m cross join log using (seq) where m.word = ? order by m.seq limit 1").get(id);
    const newest = this.#db.prepare("select at from marks m cross join log using (seq) where m.word = ? order by m.seq desc limit ?").all(id, recent);
    return {
      oldest: oldest === undefined ? null : Number(oldest["at"]),
      forgotten: first > 1,
      recent: newest.length < recent ? null : newest.reduce((least, row) => Math.min(least, Number(row["at"])), Infinity),
    };
  }

  /** Events of one type in the segments that have any event not older than `since`: as many as will be read, or a few more. */
  eventsSince(type: string, since: number): number {
    const [word] = this.#db.prepare("select id from words where word = ?").all(typeMark(type));
    if (word === undefined) return 0;
    const { from } = this.segmentExtent(since);
    return Number(this.#db.prepare("select count(*) as n from marks where word = ? and seq >= ?").get(Number(word["id"]), from)?.["n"] ?? 0);
  }

  /** Entries of all managed lists, in the order in which each list got them. */
  listEntries(after: number, limit: number): { readonly entries: readonly ListEntry[]; readonly last: number | null } {
    const rows = this.#db.prepare("select rowid as id, list, key, until from list_entries where rowid > ? order by rowid limit ?").all(after, limit);
    const entries = rows.map(({ list, key, until }): ListEntry => ({ list: String(list), key: JSON.parse(String(key)) as ListEntry["key"], until: until === null ? null : Number(until) }));
    return { entries, last: rows.length < limit ? null : Number(rows.at(-1)?.["id"] ?? 0) };
  }

  /** The sets of rules that were active last, newest first; one that was active again stands there again. */
  versions(limit: number): Activation[] {
    const rows = this.#db.prepare("select seq, activated, version, files, features from versions order by id desc limit ?").all(limit);
    return rows.map(({ seq, activated, version, files, features }) => ({
      seq: Number(seq),
      at: Number(activated),
      version: String(version),
      files: JSON.parse(String(files)) as Activation["files"],
      features: features as Uint8Array,
    }));
  }

  /** The newest whole snapshot. */
  snapshot(): SnapshotInfo | null {
    const row = this.#db.prepare("select id, seq, made, bytes from snapshots where finished = 1 order by id desc limit 1").get();
    return row === undefined ? null : { id: Number(row["id"]), seq: Number(row["seq"]), made: Number(row["made"]), bytes: Number(row["bytes"]) };
  }

  piece(snapshot: number, number: number): { readonly part: SnapshotPart; readonly bytes: Uint8Array } | null {
    const row = this.#db.prepare("select part, bytes from pieces where snapshot = ? and number = ?").get(snapshot, number);
    return row === undefined ? null : { part: row["part"] as SnapshotPart, bytes: row["bytes"] as Uint8Array };
  }

  /** Reads the whole file; what is wrong with it, empty where nothing is. */
  check(): string[] {
    const found = this.#db.prepare("pragma integrity_check").all().map((row) => String(row["integrity_check"]));
    return found.length === 1 && found[0] === "ok" ? [] : found;
  }

  close(): void {
    this.#db.close();
  }
}

/** Where the candidates of a search come from: from what is likely the rarest. A word that leads is taken out of `groups`. */
function leadOf({ eventId, label }: DecisionFilter, groups: number[][]): { readonly by: "eventId" | "label" | "word" | "all"; readonly from: string; readonly seq: string } {
  if (eventId !== null) return { by: "eventId", from: "log where event_id = ?", seq: "log.seq" };
  if (label !== null) return { by: "label", from: "labels m cross join log on log.seq = m.seq where m.label = ?", seq: "m.seq" };
  // One word is walked by the order of its records; several would have to be sorted.
  const word = groups[0]?.length === 1 ? groups.shift()?.[0] : undefined;
  if (word === undefined) return { by: "all", from: "log where true", seq: "log.seq" };
  return { by: "word", from: `marks m cross join log on log.seq = m.seq where m.word = ${word}`, seq: "m.seq" };
}

/** Times as SQLite compares them with whole numbers. */
function finite(time: number): number {
  return Math.max(time, Number.MIN_SAFE_INTEGER);
}

function recordOf(row: Row): StoredRecord {
  const text = (name: string): string | null => {
    const value = row[name];
    return typeof value === "string" ? value : null;
  };
  return {
    seq: Number(row["seq"]),
    kind: row["kind"] as RecordKind,
    type: String(row["type"]),
    eventId: text("eventId"),
    at: Number(row["at"]),
    received: Number(row["received"]),
    version: String(row["version"]),
    body: String(row["body"]),
    edits: text("edits"),
    decisionId: text("decisionId"),
    decision: text("decision"),
    features: text("features"),
  };
}
