import type { DatabaseSync } from "node:sqlite";

/**
 * The number of the first record that arrived at or after a time, or `end` where all came before it. Arrivals never go
 * back along the log, so halving finds it without an index of its own.
 */
export function firstSince(db: DatabaseSync, time: number, end: number): number {
  const probe = db.prepare("select seq, received from log where seq >= ? order by seq limit 1");
  let low = Number(db.prepare("select seq from log order by seq limit 1").get()?.["seq"] ?? end);
  let high = end;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    const row = probe.get(middle);
    if (row === undefined || Number(row["received"]) >= time) high = middle;
    else low = Number(row["seq"]) + 1;
  }
  return Math.min(low, end);
}
