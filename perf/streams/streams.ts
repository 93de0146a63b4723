import { readFileSync } from "node:fs";
import { join } from "node:path";
import { telemetry } from "../../src/simulate/telemetry.ts";
import { changes } from "./changes.ts";
import { orders, type Posted } from "./orders.ts";

/** A workload of the field: events without end, and the file of rules that decides them. */
export interface Stream {
  readonly name: "telemetry" | "orders" | "changes";
  readonly what: string;
  readonly rules: string;
  /** Equal seeds give equal events. */
  readonly events: (seed: string) => Generator<Posted>;
}

const START = Date.UTC(2026, 0, 1);
/** Readings of a day: some hundred machines, once a minute each. */
const READINGS = 150_000;
/** Share of readings with something wrong. */
const FAULTS = 0.05;

function rulesOf(name: Stream["name"]): string {
  return readFileSync(join(import.meta.dirname, `${name}.risk`), "utf8");
}

function* readings(seed: string): Generator<Posted> {
  for (const { type, event } of telemetry({ events: READINGS, seed, fraud: FAULTS, start: START })) yield { type, event };
}

export const STREAMS: readonly Stream[] = [
  { name: "telemetry", what: "time series: readings of machines", rules: rulesOf("telemetry"), events: readings },
  { name: "orders", what: "event sourcing: accounts and their orders", rules: rulesOf("orders"), events: (seed) => orders(seed, START) },
  { name: "changes", what: "change data capture: rows before and after", rules: rulesOf("changes"), events: (seed) => changes(seed, START) },
];
