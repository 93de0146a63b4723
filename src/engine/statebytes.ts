import type { StateChange } from "../store/record.ts";
import { Reader, Writer } from "../windows/bytes.ts";
import type { RuleStates } from "./states.ts";

/** Bytes of a piece of a snapshot, about. */
const PIECE_BYTES = 256 * 1024;

const HELD = 0;

/** All states in pieces that take about a millisecond each. */
export function* statePieces(states: Pick<RuleStates, "all">): Generator<Uint8Array<ArrayBuffer>, void> {
  const writer = new Writer();
  for (const change of states.all()) {
    write(writer, change);
    if (writer.length < PIECE_BYTES) continue;
    yield taken(writer);
  }
  if (writer.length > 0) yield taken(writer);
}

export function restoreStates(piece: Uint8Array, states: Pick<RuleStates, "repeat">): void {
  const reader = new Reader(piece);
  while (reader.at < reader.end) states.repeat(read(reader));
}

function taken(writer: Writer): Uint8Array<ArrayBuffer> {
  const piece = new Uint8Array(writer.bytes.subarray(0, writer.length));
  writer.length = 0;
  return piece;
}

function write(writer: Writer, change: StateChange): void {
  writer.u8(change.kind === "held" ? HELD : 1);
  writer.text(change.state);
  writer.u8(typeof change.entity === "number" ? 1 : 0);
  if (typeof change.entity === "number") writer.f64(change.entity);
  else writer.text(change.entity);
  if (change.kind === "cooled") {
    writer.f64(change.at);
    return;
  }
  writer.f64(change.newest);
  writer.f64(change.since ?? Number.NaN);
  writer.f64(change.clearSince ?? Number.NaN);
  writer.u8(change.latched ? 1 : 0);
}

function read(reader: Reader): StateChange {
  const held = reader.u8() === HELD;
  const state = reader.text();
  const entity = reader.u8() === 1 ? reader.f64() : reader.text();
  if (!held) return { kind: "cooled", state, entity, at: reader.f64() };
  return { kind: "held", state, entity, newest: reader.f64(), since: orNull(reader.f64()), clearSince: orNull(reader.f64()), latched: reader.u8() === 1 };
}

function orNull(time: number): number | null {
  return Number.isNaN(time) ? null : time;
}
