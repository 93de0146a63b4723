import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { decisionMarks } from "../../src/store/marks.ts";
import type { LogRecord } from "../../src/store/record.ts";
import { Store, type StoreOptions } from "../../src/store/store.ts";

export const START = Date.UTC(2026, 10, 21, 3, 0, 0);

export const FAULTY = new URL("workers/faulty.ts", import.meta.url);

export function dataFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-data-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function openStore(t: TestContext, folder: string, options: StoreOptions = {}): Promise<Store> {
  const store = await Store.open(folder, options);
  t.after(() => store.close());
  return store;
}

/** Makes the writer with faults fail at a step. */
export function plant(folder: string, step: string, message: string, times = 1): void {
  const file = join(folder, "fault");
  writeFileSync(`${file}.new`, JSON.stringify({ step, message, times }));
  renameSync(`${file}.new`, file);
}

/** The id of the decision of event number n. */
export const idOf = (n: number): string => `0198f2c0-0000-7000-8000-${String(n).padStart(12, "0")}`;

export interface Given {
  readonly type?: string;
  readonly outcome?: string;
  readonly rules?: readonly string[];
  readonly received?: number;
  readonly eventId?: string | null;
  readonly padding?: number;
}

/** A decided event, number n of its test. */
export function decided(n: number, given: Given = {}): LogRecord {
  const { type = "payment", outcome = "allow", rules = [], received = START + n, eventId = `e${n}` } = given;
  const decision = { id: idOf(n), type, eventId, decisions: { card: { outcome, score: 0, rules: rules.map((id) => ({ id })) } } };
  return {
    kind: "decided",
    type,
    eventId,
    at: received,
    received,
    version: "v1",
    body: JSON.stringify({ id: eventId, padding: "x".repeat(given.padding ?? 0) }),
    edits: null,
    decisionId: idOf(n),
    decision: JSON.stringify(decision),
    features: null,
    marks: decisionMarks(decision),
  };
}

/** Appends and waits. */
export async function write(store: Store, ...records: readonly LogRecord[]): Promise<void> {
  for (const record of records) store.append(record);
  await store.committed(store.last);
}

/** Waits until something holds; fails after ten seconds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The numbers of all records. */
export async function numbers(store: Store): Promise<number[]> {
  const found: number[] = [];
  for await (const page of store.reader.tail(0)) found.push(...page.map((record) => record.seq));
  return found;
}
