import { eventInvalid, typeUnknown } from "../engine/refusals.ts";
import type { Refusal } from "../engine/decision.ts";
import { eventDecoder, type EventDecoder, type Target } from "../types/decode.ts";
import type { EventSchema, Violation } from "../types/schema.ts";
import type { Binding, EventJson } from "./bind.ts";
import { memoryOf, type Table, TableWriter } from "./columns.ts";
import type { Input } from "./input.ts";
import { readLines } from "./lines.ts";
import { type EventSource, type RecordReader, recordsOf, type RecordSink } from "./records.ts";
import { timesOf, type TimeOf } from "./times.ts";

/** Records of a batch: enough that handing it over costs nothing beside them, few enough to stay in the processor's caches. */
const BATCH_RECORDS = 4_096;

/** Records of one file that follow each other. */
export interface Batch {
  readonly records: number;
  /** By record the line that it starts on … */
  readonly lines: Float64Array<ArrayBuffer>;
  /** … the time that it carries, also where it is no event otherwise; NaN for none … */
  readonly times: Float64Array<ArrayBuffer>;
  /** … and in which table it is the next: from 1 on, 0 for one that is no event. */
  readonly places: Uint16Array<ArrayBuffer>;
  readonly tables: readonly Table[];
  /** Why the records that are no events are none, in their order. */
  readonly reasons: readonly string[];
  /** Part of the file that is read, 0 to 1; null where its size is unknown. */
  readonly part: number | null;
}

/** What of a batch another thread can take over. */
export function transferable({ lines, times, places, tables }: Batch): ArrayBuffer[] {
  return [lines.buffer, times.buffer, places.buffer, ...tables.flatMap(memoryOf)];
}

/** Reads a file to its end or to where it breaks off, which is thrown after all before it. */
export async function* readBatches(name: string, input: Input, source: EventSource): AsyncGenerator<Batch, void> {
  const writer = new BatchWriter(source);
  const part = (): number | null => (input.size === null || input.size === 0 ? null : input.taken() / input.size);
  let reader: RecordReader | null = null;
  for await (const { first, lines } of readLines(input.chunks)) {
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i] as (typeof lines)[number];
      reader ??= line === "" ? null : recordsOf(name, line, source, writer);
      reader?.line(line, first + i);
      if (writer.records >= BATCH_RECORDS) yield writer.take(part());
    }
    // Also with nothing in it: it tells how far the file is read.
    yield writer.take(part());
  }
  reader?.end();
  yield writer.take(part());
}

/** How events of a type are taken in. */
interface Intake {
  readonly schema: EventSchema;
  readonly decode: EventDecoder;
  readonly frame: Target;
  table: TableWriter | null;
  place: number;
}

/** Decodes records and collects them. */
class BatchWriter implements RecordSink {
  readonly #source: EventSource;
  readonly #timeOf: TimeOf;
  readonly #intakes = new Map<string, Intake>();
  #lines: number[] = [];
  #times: number[] = [];
  #places: number[] = [];
  #tables: TableWriter[] = [];
  #reasons: string[] = [];

  constructor(source: EventSource) {
    this.#source = source;
    this.#timeOf = timesOf(source.program);
  }

  get records(): number {
    return this.#lines.length;
  }

  event(type: string, make: () => EventJson, line: number): void {
    const event = make();
    const at = this.#timeOf(type, event) ?? Number.NaN;
    const intake = this.#intake(type);
    if (intake === null) {
      this.#add(line, at, refusalText(typeUnknown(type, this.#source.program), this.#source));
      return;
    }
    const violations: Violation[] = [];
    intake.decode(event, intake.frame, violations);
    if (violations.length > 0) {
      this.#add(line, at, refusalText(eventInvalid(intake.schema, violations), this.#source));
      return;
    }
    if (intake.table === null) intake.place = this.#tables.push((intake.table = new TableWriter(intake.schema)));
    intake.table.add(intake.frame);
    this.#add(line, at, intake.place);
  }

  bad(line: number, reason: string): void {
    this.#add(line, Number.NaN, reason);
  }

  /** What was collected; begins anew. */
  take(part: number | null): Batch {
    const batch: Batch = {
      records: this.#lines.length,
      lines: Float64Array.from(this.#lines),
      times: Float64Array.from(this.#times),
      places: Uint16Array.from(this.#places),
      tables: this.#tables.map((table) => table.finish()),
      reasons: this.#reasons,
      part,
    };
    [this.#lines, this.#times, this.#places, this.#tables, this.#reasons] = [[], [], [], [], []];
    for (const intake of this.#intakes.values()) intake.table = null;
    return batch;
  }

  #add(line: number, at: number, place: number | string): void {
    this.#lines.push(line);
    this.#times.push(at);
    this.#places.push(typeof place === "number" ? place : 0);
    if (typeof place === "string") this.#reasons.push(place);
  }

  #intake(type: string): Intake | null {
    const known = this.#intakes.get(type);
    if (known !== undefined) return known;
    const schema = this.#source.program.events.get(type)?.schema;
    if (schema === undefined) return null;
    const intake: Intake = { schema, decode: eventDecoder(schema), frame: [], table: null, place: 0 };
    this.#intakes.set(type, intake);
    return intake;
  }
}

/** Why an event is refused, by the columns that it comes from. */
export function refusalText(refusal: Refusal, { binding }: { readonly binding: Pick<Binding, "columns"> | null }): string {
  const columns = binding?.columns;
  if (refusal.violations.length === 0) return refusal.message;
  return refusal.violations
    .map(({ path, message }) => {
      const field = path.split("/")[1] ?? "";
      const column = columns?.get(field);
      const place = column === undefined || column === field ? path : `${path} (column ${column})`;
      return place === "" ? message : `${place}: ${message}`;
    })
    .join("; ");
}
