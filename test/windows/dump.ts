import assert from "node:assert/strict";
import { deserialize } from "node:v8";
import { Reader } from "../../src/windows/bytes.ts";
import { FRAME, PieceReader } from "../../src/windows/pieces.ts";
import type { HeaderFacts, LayoutFacts, MeasureFacts } from "../../src/windows/snapshot.ts";

/*
 * What a snapshot says, whatever the order of its entities and the layout of their rows: read anew from the bytes, so that
 * two snapshots can be compared without the code that takes them up.
 */

const EARLIEST = -(2 ** 46);
const HLL = "distinct";

export function dump(pieces: readonly Uint8Array[]): unknown {
  let header: HeaderFacts | null = null;
  let end: unknown = null;
  const layouts: LayoutFacts[] = [];
  const entities: Entity[] = [];
  const reader = new PieceReader();
  for (const piece of pieces) {
    reader.read(piece, (kind, frame) => {
      const bytes = new Reader(frame);
      const last = entities.at(-1) as Entity;
      if (kind === FRAME.header) header = deserialize(frame) as HeaderFacts;
      else if (kind === FRAME.layout) layouts.push(deserialize(frame) as LayoutFacts);
      else if (kind === FRAME.end) end = deserialize(frame);
      else if (kind === FRAME.entity) {
        const facts = layouts[bytes.u32()] as LayoutFacts;
        const [idle, met, limit, wide, size, capacity, newest, since] = [bytes.u32(), bytes.u32(), bytes.u32(), bytes.u8() === 1, bytes.u32(), bytes.u32(), bytes.f64(), bytes.f64()];
        const key = Buffer.from(bytes.take(bytes.u32())).toString("hex");
        const entity: Entity = { log: header?.logs[facts.log]?.id ?? "", key, idle, met, limit, newest, since, size, capacity, rows: [], panes: {}, seen: {}, facts, wide };
        entities.push(entity);
        rows(entity, bytes, header as HeaderFacts);
      } else if (kind === FRAME.rows) rows(last, bytes, header as HeaderFacts);
      else if (kind === FRAME.panes) panes(last, bytes, header as HeaderFacts);
      else if (kind === FRAME.seen) seen(last, bytes);
    });
  }
  const { counts, logs, arrival } = header as unknown as HeaderFacts;
  assert.ok(end !== null, "it has an end");
  return {
    arrival,
    // Entities that are over are counted when their memory is given back, whenever that is, unless their log goes first.
    counts: { ...counts, expired: NaN },
    logs: logs.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((log) => ({ ...log, measures: log.measures.toSorted((a, b) => (a.identity < b.identity ? -1 : 1)) })),
    entities: entities
      .map(({ facts: _facts, wide: _wide, size: _size, ...rest }) => rest)
      .toSorted((a, b) => (a.log + a.key < b.log + b.key ? -1 : 1)),
  };
}

interface Entity {
  readonly log: string;
  readonly key: string;
  readonly idle: number;
  readonly met: number;
  readonly limit: number;
  readonly newest: number;
  readonly since: number;
  readonly size: number;
  readonly capacity: number;
  readonly rows: unknown[];
  readonly panes: Record<string, { horizon: number; panes: unknown[] }>;
  readonly seen: Record<string, unknown>;
  readonly facts: LayoutFacts;
  readonly wide: boolean;
}

function rows({ rows: found, facts: { layout }, wide }: Entity, bytes: Reader, { codes }: HeaderFacts): void {
  const count = bytes.u32();
  const before = wide ? layout.integers + (layout.integers % 2) : layout.integers;
  const stride = before + layout.numbers * (wide ? 2 : 1);
  const raw = bytes.take(count * stride * 4);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const values = valuesOf(bytes);
  for (let index = 0; index < count; index++) {
    const at = index * stride * 4;
    const integer = (number: number): number => view.getUint32(at + number * 4, true);
    const number = (column: number): number => (wide ? view.getFloat64(at + before * 4 + column * 8, true) : view.getInt32(at + (before + column) * 4, true));
    const by: Record<string, unknown> = {};
    for (const each of layout.measures) {
      if (each.identity === null || (integer(each.mask) & each.bit) === 0) continue;
      by[each.identity] = [
        each.number < 0 ? null : number(each.number),
        each.code < 0 ? null : codes[(integer(each.code) >>> each.shift) & 0xff],
        each.cell < 0 ? null : values[integer(each.cell) - 1],
      ];
    }
    // A row that no definition of now counts is let go of when its entity is next met.
    if (Object.keys(by).length > 0) found.push([(integer(1) & 0x1ffff) * 2 ** 32 + integer(0) + EARLIEST, by]);
  }
}

function panes({ panes: found, facts: { layout } }: Entity, bytes: Reader, { codes }: HeaderFacts): void {
  const measure = layout.measures[bytes.u32()] as MeasureFacts;
  bytes.u32();
  const horizon = bytes.f64();
  bytes.u32();
  const count = bytes.u32();
  const here: [DataView, unknown][] = [];
  for (let index = 0; index < count; index++) {
    const raw = bytes.take(64);
    const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
    const words = view.getUint32(56, true);
    here.push([view, words === 0 ? null : sketch(measure.aggregate, bytes.take(words * 8))]);
  }
  const values = valuesOf(bytes);
  const holds = measure.cell >= 0 && measure.aggregate !== HLL;
  const tag = (number: number): unknown => (holds ? values[number - 1] : measure.code >= 0 ? (codes[number] ?? "mixed") : null);
  const into = (found[measure.identity as string] ??= { horizon, panes: [] });
  for (const [view, block] of here) {
    const numbers = [0, 1, 2, ...(measure.aggregate === "count" ? [] : [4, 5])].map((word) => view.getFloat64(word * 8, true));
    into.panes.push([...numbers, view.getUint32(24, true), codes[view.getUint32(28, true)] ?? "mixed", tag(view.getUint32(48, true)), tag(view.getUint32(52, true)), block]);
  }
}

function sketch(aggregate: string, raw: Uint8Array): unknown {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const count = view.getUint32(0, true);
  const of = (length: number, from: number): number[] => Array.from({ length }, (_, index) => view.getUint32((from + index) * 4, true));
  if (aggregate !== HLL) return of(count * 2, 2);
  return count === 0xffffffff ? Buffer.from(raw.subarray(8)).toString("hex") : of(count, 2).toSorted((a, b) => a - b);
}

function seen({ seen: found, facts: { layout } }: Entity, bytes: Reader): void {
  const measure = layout.measures[bytes.u32()] as MeasureFacts;
  const slots = bytes.u32();
  const entries = Array.from({ length: bytes.u32() }, () => [bytes.u32(), bytes.f64()] as const);
  const values = valuesOf(bytes);
  found[measure.identity as string] = [slots, entries.map(([number, at]) => `${values[number - 1]} ${at}`).toSorted()];
}

function valuesOf(bytes: Reader): string[] {
  return Array.from({ length: bytes.u32() }, () => Buffer.from(bytes.take(bytes.u32())).toString("hex"));
}
