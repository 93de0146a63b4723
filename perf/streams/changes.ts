import { random, type Random } from "../../src/simulate/random.ts";
import type { Posted } from "./orders.ts";

/** On average between two changes. */
const STEP_MS = 25;
const ROWS = 50_000;
const TABLES = ["accounts", "accounts", "accounts", "cards", "limits"];
const USERS = ["app", "app", "app", "app", "app", "app", "app", "batch", "batch", "admin"];

type Row = Readonly<Record<string, string>>;

interface Kept {
  readonly key: string;
  readonly table: string;
  row: Row | null;
}

function born(chance: Random, key: string): Row {
  return { id: key, status: "active", balance: (chance.int(0, 500_000) / 100).toFixed(2), credit_limit: String(chance.int(1, 50) * 100), email: `u${chance.int(0, 1e9).toString(36)}@post.example`, updated_by: "app" };
}

function changed(chance: Random, row: Row): Row {
  const what = chance.next();
  if (what < 0.75) return { ...row, balance: (Number(row["balance"]) + chance.int(-40_000, 40_000) / 100).toFixed(2) };
  if (what < 0.85) return { ...row, credit_limit: String(Math.max(100, Math.round((Number(row["credit_limit"]) * chance.logNormal(0, 0.6)) / 100) * 100)) };
  if (what < 0.93) return { ...row, status: row["status"] === "active" ? "blocked" : "active" };
  return { ...row, email: `u${chance.int(0, 1e9).toString(36)}@post.example` };
}

/** Changes of rows without end, in envelopes of the form that Debezium writes; some rows change much, and now and then many are deleted. */
export function* changes(seed: string, start: number): Generator<Posted> {
  const chance = random(seed, "changes");
  const rows: Kept[] = [];
  let at = start;
  let deleting = 0;
  let hot: Kept | null = null;
  for (let number = 1; ; number++) {
    at += 1 + chance.int(0, 2 * STEP_MS);
    if (deleting === 0 && chance.chance(0.0005)) deleting = chance.int(20, 60);
    if (hot === null ? chance.chance(0.002) : chance.chance(0.1)) hot = hot === null && rows.length > 0 ? chance.pick(rows) : null;
    const fresh = rows.length < 200 || (rows.length < ROWS && chance.chance(0.1));
    const kept: Kept = fresh ? { key: `k${number.toString(36)}`, table: chance.pick(TABLES), row: null } : hot !== null && chance.chance(0.3) ? hot : chance.pick(rows);
    if (fresh) rows.push(kept);
    const before = kept.row;
    const after = before === null ? born(chance, kept.key) : deleting > 0 ? null : changed(chance, before);
    if (after === null) deleting--;
    kept.row = after;
    const lsn = String(24_023_128 + number * 56);
    const source = { version: "3.2.0.Final", connector: "postgresql", name: "bank", db: "bank", schema: "public", table: kept.table, txId: String(500 + number), lsn, user: chance.pick(USERS), snapshot: "false" };
    const op = before === null ? (fresh && rows.length <= 200 ? "r" : "c") : after === null ? "d" : "u";
    const read = chance.chance(0.001) ? at - 60_000 : at;
    yield { type: "change", event: { lsn, at: new Date(at).toISOString(), key: kept.key, table: kept.table, before, after, op, source, ts_ms: read } };
  }
}
