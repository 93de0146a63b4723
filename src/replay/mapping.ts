import { isMap, isScalar, parseDocument, type Node, type Pair, type YAMLMap } from "yaml";
import type { Code } from "../text/codes.ts";
import { closest } from "../text/suggest.ts";
import type { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import { minorDigits } from "../types/currency.ts";

/** A mapping names the fields of one event type; a larger file is something else. */
export const MAX_MAPPING_BYTES = 256 * 1024;

/** How text in a column is written, where that does not follow from the type of the field. */
export const FORMATS = ["unix_seconds", "unix_ms", "percent", "decimal_comma"] as const;
export type Format = (typeof FORMATS)[number];

export interface Column {
  readonly name: string;
  readonly span: Span;
}

export type Origin =
  | { readonly kind: "column"; readonly column: Column }
  | { readonly kind: "constant"; readonly value: string | number | boolean | null }
  /** Two columns that make one place. */
  | { readonly kind: "place"; readonly lat: Column; readonly lon: Column };

export interface FieldMapping {
  readonly field: string;
  readonly origin: Origin;
  /** Currency of an amount that is written without one. */
  readonly money: string | null;
  readonly format: Format | null;
  readonly span: Span;
}

/** How records become events: the file given with `--map`. */
export interface Mapping {
  readonly source: SourceFile;
  readonly type: { readonly name: string; readonly span: Span } | null;
  /** Of times that are written without a zone. */
  readonly timeZone: string;
  readonly fields: readonly FieldMapping[];
}

const UTC = "UTC";

/** Reads a mapping file; what is wrong with it is reported, and what is right is returned. */
export function parseMapping(source: SourceFile, report: Report): Mapping {
  return new MappingReader(source, report).read();
}

class MappingReader {
  readonly #source: SourceFile;
  readonly #report: Report;

  constructor(source: SourceFile, report: Report) {
    this.#source = source;
    this.#report = report;
  }

  read(): Mapping {
    const document = parseDocument(this.#source.text, { uniqueKeys: true, prettyErrors: false });
    for (const { message, pos } of document.errors) this.#add("RSK0521", this.#at(pos[0], pos[1]), `this is not YAML: ${lower(message)}`);
    let type: Mapping["type"] = null;
    let timeZone = UTC;
    let fields: readonly FieldMapping[] = [];
    const root = document.contents;
    if (document.errors.length === 0 && !isMap(root)) {
      this.#shape(this.#span(root), "a mapping has `fields`, and may have `type` and `time_zone`");
    }
    if (isMap(root)) {
      for (const { name, key, value } of this.#pairs(root, ["type", "time_zone", "fields"], "a mapping")) {
        if (name === "fields") fields = this.#fields(value, key);
        else {
          const text = this.#text(value, key, `\`${name}\``);
          if (text !== null && name === "type") type = { name: text, span: this.#span(value) };
          if (text !== null && name === "time_zone") timeZone = this.#zone(text, this.#span(value));
        }
      }
    }
    return { source: this.#source, type, timeZone, fields };
  }

  #fields(node: Node | null, key: Span): readonly FieldMapping[] {
    if (!isMap(node)) {
      this.#shape(node === null ? key : this.#span(node), "`fields` holds one line a field, such as `card: CARD_NUMBER`");
      return [];
    }
    const fields: FieldMapping[] = [];
    for (const pair of node.items) {
      const field = isScalar(pair.key) ? String(pair.key.value) : "";
      const span = this.#span(pair.key as Node);
      const mapped = this.#field(field, span, valueOf(pair));
      if (mapped !== null) fields.push(mapped);
    }
    return fields;
  }

  #field(field: string, span: Span, node: Node | null): FieldMapping | null {
    const name: unknown = isScalar(node) ? node.value : null;
    if (typeof name === "string" || typeof name === "number") {
      const column = { name: String(name), span: this.#span(node) };
      return { field, origin: { kind: "column", column }, money: null, format: null, span };
    }
    if (!isMap(node)) {
      this.#shape(span, `\`${field}\` needs a column, such as \`${field}: COLUMN\``);
      return null;
    }
    return this.#detailed(field, span, node);
  }

  #detailed(field: string, span: Span, node: YAMLMap): FieldMapping | null {
    const columns = new Map<string, Column>();
    let constant: Extract<Origin, { kind: "constant" }> | null = null;
    let format: Format | null = null;
    let money: string | null = null;
    for (const { name, key, value } of this.#pairs(node, ["column", "constant", "format", "money", "lat", "lon"], `\`${field}\``)) {
      if (name === "constant") {
        constant = this.#constant(value, key);
        continue;
      }
      const text = this.#text(value, key, `\`${name}\``);
      if (text === null) continue;
      const at = this.#span(value);
      if (name === "money") money = this.#currency(text, at);
      else if (name !== "format") columns.set(name, { name: text, span: at });
      else if (text.startsWith("money ")) money = this.#currency(text.slice("money ".length).trim(), at);
      else format = this.#format(text, at);
    }
    const origin = this.#origin(columns, constant);
    if (origin !== null) return { field, origin, money, format, span };
    this.#shape(span, `\`${field}\` needs exactly one of \`column\`, \`constant\`, or \`lat\` and \`lon\``);
    return null;
  }

  #origin(columns: ReadonlyMap<string, Column>, constant: Origin | null): Origin | null {
    const [column, lat, lon] = [columns.get("column"), columns.get("lat"), columns.get("lon")];
    if (constant !== null) return columns.size === 0 ? constant : null;
    if (column !== undefined) return columns.size === 1 ? { kind: "column", column } : null;
    return lat === undefined || lon === undefined ? null : { kind: "place", lat, lon };
  }

  #constant(node: Node | null, key: Span): Extract<Origin, { kind: "constant" }> | null {
    const value: unknown = isScalar(node) ? node.value : undefined;
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      return { kind: "constant", value };
    }
    this.#shape(node === null ? key : this.#span(node), "a constant is text, a number, true, false or null");
    return null;
  }

  #format(text: string, span: Span): Format | null {
    const format = FORMATS.find((each) => each === text);
    if (format !== undefined) return format;
    const near = closest(text, FORMATS);
    this.#add("RSK0526", span, `there is no format \`${text}\``, {
      help: near === undefined ? `formats are ${FORMATS.join(", ")} and \`money\` with a currency` : `did you mean \`${near}\`?`,
    });
    return null;
  }

  #currency(text: string, span: Span): string | null {
    if (minorDigits(text) !== undefined) return text;
    this.#add("RSK0526", span, `\`${text}\` is not an ISO 4217 currency code`, { help: "such as `money USD`" });
    return null;
  }

  #zone(text: string, span: Span): string {
    if (isTimeZone(text)) return text;
    this.#add("RSK0527", span, `there is no time zone \`${text}\``, { help: "use a name such as `Europe/Berlin`, or `UTC`" });
    return UTC;
  }

  #pairs(node: YAMLMap, names: readonly string[], owner: string): { name: string; key: Span; value: Node | null }[] {
    const pairs: { name: string; key: Span; value: Node | null }[] = [];
    for (const pair of node.items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : "";
      const key = this.#span(pair.key as Node);
      if (names.includes(name)) {
        pairs.push({ name, key, value: valueOf(pair) });
        continue;
      }
      const near = closest(name, names);
      this.#shape(key, `${owner} has no \`${name}\``, near === undefined ? `it may have ${names.join(", ")}` : `did you mean \`${near}\`?`);
    }
    return pairs;
  }

  #text(node: Node | null, key: Span, what: string): string | null {
    const value: unknown = isScalar(node) ? node.value : null;
    if (typeof value === "string" || typeof value === "number") return String(value);
    this.#shape(node === null ? key : this.#span(node), `${what} needs text`);
    return null;
  }

  #shape(span: Span, message: string, help?: string): void {
    this.#add("RSK0522", span, message, help === undefined ? {} : { help });
  }

  #add(code: Code, span: Span, message: string, details: { readonly help?: string } = {}): void {
    this.#report.add(code, span, message, details);
  }

  #span(node: Node | null | undefined): Span {
    const range = node?.range;
    return range === null || range === undefined ? this.#at(0, 0) : this.#at(range[0], range[1]);
  }

  #at(start: number, end: number): Span {
    return { file: this.#source.path, start, end };
  }
}

/** Aliases are not followed: a mapping has no use for them, and they can be made to expand without end. */
function valueOf(pair: Pair): Node | null {
  return isScalar(pair.value) || isMap(pair.value) ? pair.value : null;
}

function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
