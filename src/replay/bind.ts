import type { Code } from "../text/codes.ts";
import type { Details } from "../text/diagnostic.ts";
import type { Report } from "../text/report.ts";
import type { Span } from "../text/span.ts";
import { closest } from "../text/suggest.ts";
import { eventDecoder } from "../types/decode.ts";
import type { EventSchema, FieldSchema, Violation } from "../types/schema.ts";
import { NUMBER, printType, type Type } from "../types/type.ts";
import { converter, formatFits, type Convert } from "./convert.ts";
import type { Column, FieldMapping, Mapping, Origin } from "./mapping.ts";

/** How one field of an event comes about. */
interface BoundField {
  readonly field: FieldSchema;
  readonly origin: Origin;
  readonly convert: Convert;
  /** Whether JSON values that have the field's type already are still converted. */
  readonly formatted: boolean;
}

/** A mapping that fits an event type. */
export interface Binding {
  readonly schema: EventSchema;
  readonly fields: readonly BoundField[];
  /** Whether columns that are not there are skipped: so where equal names alone decide. */
  readonly lenient: boolean;
  /** Column by field name, for messages about a record. */
  readonly columns: ReadonlyMap<string, string>;
}

/** An event as the engine takes it: JSON, not yet validated. */
export type EventJson = Record<string, unknown>;

/** Fits a mapping to an event type; null when something is wrong with it, which is reported. */
export function bindMapping(mapping: Mapping, schema: EventSchema, report: Report): Binding | null {
  const binder = new Binder(mapping, schema, report);
  return binder.bind();
}

/** Without a mapping, every field is read from the column of its name. */
export function bindNames(schema: EventSchema): Binding {
  const fields = schema.fields.map((field): BoundField => {
    const column = { name: field.name, span: { file: "", start: 0, end: 0 } };
    const convert = converter({ type: field.type, format: null, money: null, timeZone: "UTC" });
    return { field, origin: { kind: "column", column }, convert, formatted: false };
  });
  return { schema, fields, lenient: true, columns: new Map() };
}

class Binder {
  readonly #mapping: Mapping;
  readonly #schema: EventSchema;
  readonly #report: Report;
  #sound = true;

  constructor(mapping: Mapping, schema: EventSchema, report: Report) {
    this.#mapping = mapping;
    this.#schema = schema;
    this.#report = report;
  }

  bind(): Binding | null {
    const { fields: mapped } = this.#mapping;
    const fields = mapped.flatMap((each) => this.#field(each));
    for (const field of this.#schema.fields) {
      if (field.optional || field.default !== null || mapped.some((each) => each.field === field.name)) continue;
      const span = { file: this.#mapping.source.path, start: 0, end: 0 };
      this.#add("RSK0528", span, `\`${field.name}\` of \`${this.#schema.name}\` is required and has no column`, {
        help: `add \`${field.name}: COLUMN\` under \`fields\``,
      });
    }
    const columns = new Map(fields.flatMap(({ field, origin }) => (origin.kind === "column" ? [[field.name, origin.column.name]] : [])));
    return this.#sound ? { schema: this.#schema, fields, lenient: false, columns } : null;
  }

  #field(mapped: FieldMapping): readonly BoundField[] {
    const field = this.#schema.fields.find((each) => each.name === mapped.field);
    if (field === undefined) {
      const near = closest(mapped.field, this.#schema.fields.map((each) => each.name));
      this.#add("RSK0524", mapped.span, `\`${this.#schema.name}\` has no field \`${mapped.field}\``, {
        help: near === undefined ? "name a field that the event declares" : `did you mean \`${near}\`?`,
      });
      return [];
    }
    const { format, money, origin } = mapped;
    if (format !== null && !formatFits(format, field.type)) this.#misfit(mapped.span, format, field);
    if (money !== null && field.type.kind !== "money") this.#misfit(mapped.span, `money ${money}`, field);
    if (origin.kind === "place" && field.type.kind !== "geo") this.#misfit(mapped.span, "lat and lon", field);
    if (origin.kind === "constant") this.#constant(field, origin.value, mapped.span);
    const type: Type = origin.kind === "place" ? NUMBER : field.type;
    const convert = converter({ type, format, money, timeZone: this.#mapping.timeZone });
    return [{ field, origin, convert, formatted: format !== null }];
  }

  #constant(field: FieldSchema, value: unknown, span: Span): void {
    const violations: Violation[] = [];
    eventDecoder({ ...this.#schema, fields: [field] })({ [field.name]: value }, [], violations);
    const first = violations[0];
    if (first !== undefined) this.#add("RSK0526", span, `the constant does not fit \`${field.name}\`: ${first.message}`);
  }

  #misfit(span: Span, format: string, field: FieldSchema): void {
    this.#add("RSK0526", span, `\`${field.name}\` is ${printType(field.type)}, the format \`${format}\` does not fit`);
  }

  #add(code: Code, span: Span, message: string, details: Details = {}): void {
    this.#sound = false;
    this.#report.add(code, span, message, details);
  }
}

/** Makes the reader of rows under one header; null when a column that is needed is not there, which is reported. */
export function bindHeader(
  binding: Binding,
  header: readonly string[],
  file: string,
  report: Report,
): ((cells: readonly string[]) => EventJson) | null {
  const at = new Map(header.map((name, index) => [name.trim(), index]));
  let sound = true;
  const find = ({ name, span }: Column): number => {
    const index = at.get(name);
    if (index !== undefined) return index;
    const near = closest(name, at.keys());
    const help = near === undefined ? `its columns are ${header.join(", ")}` : `did you mean \`${near}\`?`;
    report.add("RSK0525", span, `\`${file}\` has no column \`${name}\``, { help });
    sound = false;
    return -1;
  };
  const names: string[] = [];
  const indexes: number[] = [];
  const converts: Convert[] = [];
  const constants: EventJson = {};
  const places: { name: string; lat: number; lon: number; convert: Convert }[] = [];
  for (const { field, origin, convert } of binding.fields) {
    const { name } = field;
    if (origin.kind === "constant") constants[name] = origin.value;
    else if (origin.kind === "place") places.push({ name, lat: find(origin.lat), lon: find(origin.lon), convert });
    else if (!binding.lenient || at.has(name)) {
      names.push(name);
      indexes.push(find(origin.column));
      converts.push(convert);
    } else sound = hasDefault(field, file, report) && sound;
  }
  if (!sound) return null;
  return (cells) => {
    const event: EventJson = { ...constants };
    for (let i = 0; i < names.length; i++) {
      const cell = cells[indexes[i] as number] as string;
      // An empty cell is an absent value.
      if (cell !== "") event[names[i] as string] = (converts[i] as Convert)(cell);
    }
    for (const { name, lat, lon, convert } of places) {
      const [y, x] = [cells[lat] as string, cells[lon] as string];
      if (y !== "" || x !== "") event[name] = { lat: convert(y), lon: convert(x) };
    }
    return event;
  };
}

function hasDefault(field: FieldSchema, file: string, report: Report): boolean {
  if (field.optional || field.default !== null) return true;
  report.add("RSK0528", { file, start: 0, end: 0 }, `\`${file}\` has no column \`${field.name}\`, which is required`, {
    help: "give a mapping with `--map`",
  });
  return false;
}

/** Makes the reader of JSON records; a column names a property, with dots for nested ones. */
export function bindPaths(binding: Binding): (record: EventJson) => EventJson {
  const constants: EventJson = {};
  const steps: { name: string; read: (record: EventJson) => unknown }[] = [];
  for (const { field, origin, convert, formatted } of binding.fields) {
    const { name, type } = field;
    if (origin.kind === "constant") constants[name] = origin.value;
    else if (origin.kind === "place") {
      const [lat, lon] = [pathReader(origin.lat.name), pathReader(origin.lon.name)];
      steps.push({ name, read: (record) => placeOf(lat(record), lon(record), convert) });
    } else {
      const get = pathReader(origin.column.name);
      steps.push({ name, read: (record) => fromJson(get(record), formatted ? null : type, convert) });
    }
  }
  return (record) => {
    const event: EventJson = { ...constants };
    for (const { name, read } of steps) {
      const value = read(record);
      if (value !== undefined && value !== null) event[name] = value;
    }
    return event;
  };
}

function pathReader(path: string): (record: EventJson) => unknown {
  const parts = path.split(".");
  return (record) => {
    // A property may itself have dots in its name.
    if (Object.hasOwn(record, path)) return record[path];
    let at: unknown = record;
    for (const part of parts) {
      if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
      at = (at as EventJson)[part];
    }
    return at;
  };
}

/** Scalars are read as their text would be from a column; what has parts is passed on. */
function fromJson(value: unknown, type: Type | null, convert: Convert): unknown {
  if (typeof value === "string") return convert(value);
  if (typeof value !== "number" && typeof value !== "boolean") return value;
  const fits = type?.kind === (typeof value === "number" ? "number" : "bool");
  return fits ? value : convert(String(value));
}

function placeOf(lat: unknown, lon: unknown, convert: Convert): unknown {
  if (lat === undefined && lon === undefined) return undefined;
  return { lat: fromJson(lat, NUMBER, convert), lon: fromJson(lon, NUMBER, convert) };
}
