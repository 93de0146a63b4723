import { Report } from "../text/report.ts";
import { bindHeader, bindMapping, bindNames, bindPaths, type Binding, type EventJson } from "./bind.ts";
import { CsvReader, type CsvSink } from "./csv.ts";
import type { BadText } from "./lines.ts";
import type { EventSchema } from "../types/schema.ts";
import type { Mapping } from "./mapping.ts";

/** Where the records of one file go. */
export interface RecordSink {
  /** `make` is called at most once, and not for a record that is passed over. */
  event(type: string, make: () => EventJson, line: number): void;
  bad(line: number, reason: string): void;
}

/** Reads the lines of one file. */
export interface RecordReader {
  line(line: string | BadText, number: number): void;
  end(): void;
}

/** The event types that records can become; a program has them. */
export interface EventTypes {
  readonly events: ReadonlyMap<string, { readonly schema: EventSchema }>;
}

/** What is known of the events before the first file is opened. */
export interface EventSource<P extends EventTypes = EventTypes> {
  readonly program: P;
  /** Type given on the command line or by the mapping; null where each line names its own. */
  readonly type: string | null;
  readonly mapping: Mapping | null;
  /** The mapping as it fits the type; null without one. */
  readonly binding: Binding | null;
}

/** Fits the mapping and the type to the rules; null when they do not fit, which is reported. */
export function eventSource<P extends EventTypes>(program: P, mapping: Mapping | null, type: string | null, report: Report): EventSource<P> | null {
  const name = type ?? mapping?.type?.name ?? (program.events.size === 1 ? [...program.events.keys()][0] : undefined);
  if (name === undefined) {
    if (mapping === null) return { program, type: null, mapping, binding: null };
    report.add("RSK0523", { file: mapping.source.path, start: 0, end: 0 }, "the mapping does not say which event type it makes", {
      help: `add \`type:\` or give \`--type\` with one of ${[...program.events.keys()].join(", ")}`,
    });
    return null;
  }
  const event = program.events.get(name);
  if (event === undefined) {
    const span = mapping?.type?.name === name ? mapping.type.span : { file: mapping?.source.path ?? "--type", start: 0, end: 0 };
    report.add("RSK0523", span, `the rules declare no event type \`${name}\``, {
      help: `use one of ${[...program.events.keys()].join(", ")}`,
    });
    return null;
  }
  if (mapping === null) return { program, type: name, mapping, binding: null };
  const binding = bindMapping(mapping, event.schema, report);
  return binding === null ? null : { program, type: name, mapping, binding };
}

/** The reader for a file, by its name where that tells, else by its first line. */
export function recordsOf(name: string, first: string | BadText, source: EventSource, sink: RecordSink): RecordReader {
  return looksLikeJson(name, first) ? jsonRecords(source, sink) : csvRecords(source, name, sink);
}

function looksLikeJson(name: string, first: string | BadText): boolean {
  const base = name.replace(/\.gz$/, "");
  if (/\.(?:ndjson|jsonl|json)$/.test(base)) return true;
  if (base.endsWith(".csv")) return false;
  return typeof first === "string" && first.trimStart().startsWith("{");
}

/** The reader for CSV: the header decides which columns are read. */
export function csvRecords(source: EventSource, file: string, sink: RecordSink): RecordReader {
  const bad = (line: number, reason: string): void => sink.bad(line, reason);
  const passedOver = { record: () => undefined, bad: () => undefined };
  const onHeader = (header: readonly string[]): CsvSink => {
    const schema = source.type === null ? undefined : source.program.events.get(source.type)?.schema;
    if (schema === undefined) {
      bad(1, "the lines of a CSV file do not name an event type; give `--type`");
      return passedOver;
    }
    const report = new Report();
    const make = bindHeader(source.binding ?? bindNames(schema), header, file, report);
    if (make === null) {
      for (const { message, help } of report.sorted()) bad(1, help === undefined ? message : `${message}; ${help}`);
      return passedOver;
    }
    return { record: (cells, line) => sink.event(schema.name, () => make(cells), line), bad };
  };
  const reader = new CsvReader(onHeader, bad);
  return {
    line: (line, number) => (typeof line === "string" ? reader.line(line, number) : reader.badLine(number, line.reason)),
    end: () => reader.end(),
  };
}

/** The reader for NDJSON: lines are `{ "type": …, "event": … }`, or bare events of one type. */
export function jsonRecords(source: EventSource, sink: RecordSink): RecordReader {
  const { type, binding } = source;
  const make = binding === null ? (record: EventJson): EventJson => record : bindPaths(binding);
  return {
    line: (line, number) => {
      if (typeof line !== "string") return sink.bad(number, line.reason);
      if (line === "" || line.trim() === "") return;
      const record = parseRecord(line);
      if (typeof record === "string") return sink.bad(number, record);
      const inner = binding === null ? unwrap(record) : null;
      if (inner !== null) sink.event(inner.type, () => inner.event, number);
      else if (type !== null) sink.event(type, () => make(record), number);
      else sink.bad(number, 'the line names no event type: write { "type": …, "event": … } or give `--type`');
    },
    end: () => undefined,
  };
}

function parseRecord(line: string): EventJson | string {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : "the line is JSON, but no object";
  } catch (error) {
    return `the line is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** An envelope has a type and an event, and nothing else that an event could be mistaken for. */
function unwrap(record: EventJson): { readonly type: string; readonly event: EventJson } | null {
  const { type, event } = record;
  return typeof type === "string" && isRecord(event) ? { type, event } : null;
}

function isRecord(value: unknown): value is EventJson {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
