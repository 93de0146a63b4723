import { compareValues } from "./equality.ts";
import { parseCidr, parseIp } from "./ip.ts";
import { parseAmount, parseMoney } from "./money.ts";
import { printValue } from "./print.ts";
import type { EventSchema, FieldRange, FieldSchema, Violation } from "./schema.ts";
import { parseDuration, parseTimestamp } from "./time.ts";
import { printType, type Type } from "./type.ts";
import { Missing, type Money, type Value } from "./value.ts";

/** Beyond this many findings an event is not a slip but another thing; the rest is not listed. */
export const MAX_VIOLATIONS = 50;

/** Where decoded values go: field i of the schema to index i. */
export type Target = (Value | Missing | undefined)[];

/**
 * Items of a list, or entries of a map, in an event. What rules do with every item is bounded by this, and with it what an
 * event can cost.
 */
export const MAX_LIST_ITEMS = 1_000;

/** Turns one JSON value into a value of a type, or reports and yields undefined. */
type Decode = (json: unknown, path: string, violations: Violation[]) => Value | undefined;

/** Decodes one event into the first entries of a frame and collects what is wrong with it. */
export type EventDecoder = (event: unknown, target: Target, violations: Violation[]) => void;

function violate(violations: Violation[], path: string, message: string): undefined {
  if (violations.length < MAX_VIOLATIONS) violations.push({ path, message });
  return undefined;
}

function show(json: unknown): string {
  if (json === null) return "null";
  if (Array.isArray(json)) return "a list";
  if (typeof json === "object") return "an object";
  const text = JSON.stringify(json) ?? typeof json;
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function fromText(type: Type, example: string, read: (text: string) => Value | undefined): Decode {
  return (json, path, violations) => {
    const value = typeof json === "string" ? read(json) : undefined;
    return value ?? violate(violations, path, `expected ${printType(type)} as text such as ${example}, found ${show(json)}`);
  };
}

const decodeString: Decode = (json, path, violations) => {
  if (typeof json !== "string") return violate(violations, path, `expected text, found ${show(json)}`);
  // A lone surrogate has no UTF-8 form, so it could neither be stored nor answered.
  return json.isWellFormed() ? json : violate(violations, path, "the text holds a lone surrogate");
};

const decodeNumber: Decode = (json, path, violations) => {
  if (typeof json !== "number") return violate(violations, path, `expected a number, found ${show(json)}`);
  // JSON writes the zero below zero as any other, so an event would be another one once it is read from the log.
  return Number.isFinite(json) ? json + 0 : violate(violations, path, "the number is beyond the range of a double");
};

const decodeBool: Decode = (json, path, violations) =>
  typeof json === "boolean" ? json : violate(violations, path, `expected true or false, found ${show(json)}`);

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

const MONEY_FORMS = '"12.30 USD" or { "amount": "12.30", "currency": "USD" }';

function readMoney(json: unknown): Money | string {
  if (typeof json === "string") return parseMoney(json);
  if (!isObject(json)) return `expected money as ${MONEY_FORMS}, found ${show(json)}`;
  const { amount, currency } = json;
  if (typeof amount === "number") return 'an amount is text, such as "12.30", so that no digit is lost';
  if (typeof amount !== "string" || typeof currency !== "string" || Object.keys(json).length !== 2) {
    return `expected money as ${MONEY_FORMS}`;
  }
  return parseAmount(amount, currency);
}

function decodeMoney(currency: string | null): Decode {
  return (json, path, violations) => {
    const money = readMoney(json);
    if (typeof money === "string") return violate(violations, path, money);
    if (currency !== null && money.currency !== currency) {
      return violate(violations, path, `expected an amount in ${currency}, found ${money.currency}`);
    }
    return money;
  };
}

const decodeGeo: Decode = (json, path, violations) => {
  const form = 'expected a place as { "lat": 52.5, "lon": 13.4 } in degrees';
  if (!isObject(json) || Object.keys(json).length !== 2) return violate(violations, path, form);
  const { lat, lon } = json;
  if (typeof lat !== "number" || typeof lon !== "number") return violate(violations, path, form);
  if (!(Math.abs(lat) <= 90)) return violate(violations, `${path}/lat`, "a latitude is between -90 and 90");
  if (!(Math.abs(lon) <= 180)) return violate(violations, `${path}/lon`, "a longitude is between -180 and 180");
  return { lat: lat + 0, lon: lon + 0 };
};

function decodeEnum(members: readonly string[]): Decode {
  const known = new Set(members);
  return (json, path, violations) =>
    typeof json === "string" && known.has(json)
      ? json
      : violate(violations, path, `expected one of ${members.join(", ")}, found ${show(json)}`);
}

function decodeList(element: Decode): Decode {
  return (json, path, violations) => {
    if (!Array.isArray(json)) return violate(violations, path, `expected a list, found ${show(json)}`);
    if (json.length > MAX_LIST_ITEMS) return violate(violations, path, `a list has at most ${MAX_LIST_ITEMS} items, found ${json.length}`);
    const values: Value[] = [];
    json.forEach((item: unknown, i) => {
      const value = element(item, `${path}/${i}`, violations);
      if (value !== undefined) values.push(value);
    });
    return values.length === json.length ? values : undefined;
  };
}

function decodeMap(element: Decode): Decode {
  return (json, path, violations) => {
    if (!isObject(json)) return violate(violations, path, `expected an object, found ${show(json)}`);
    const values = new Map<string, Value>();
    const entries = Object.entries(json);
    if (entries.length > MAX_LIST_ITEMS) return violate(violations, path, `an object has at most ${MAX_LIST_ITEMS} entries, found ${entries.length}`);
    for (const [key, item] of entries) {
      const value = key.isWellFormed()
        ? element(item, `${path}/${pointer(key)}`, violations)
        : violate(violations, path, "a key holds a lone surrogate");
      if (value !== undefined) values.set(key, value);
    }
    return values.size === entries.length ? values : undefined;
  };
}

/** A name as a part of a JSON Pointer (RFC 6901). */
export function pointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The decoder of a type that a field can have. */
export function decoderOf(type: Type): Decode {
  switch (type.kind) {
    case "number":
      return decodeNumber;
    case "string":
      return decodeString;
    case "bool":
      return decodeBool;
    case "money":
      return decodeMoney(type.currency);
    case "timestamp":
      return fromText(type, '"2026-01-31T09:30:00Z" (RFC 3339 with a zone)', (text) => parseTimestamp(text, false));
    case "duration":
      return fromText(type, '"1h30m"', parseDuration);
    case "ip":
      return fromText(type, '"203.0.113.7"', parseIp);
    case "cidr":
      return fromText(type, '"203.0.113.0/24"', parseCidr);
    case "geo":
      return decodeGeo;
    case "enum":
      return decodeEnum(type.members);
    case "list":
      return decodeList(decoderOf(type.element));
    case "map":
      return decodeMap(decoderOf(type.value));
    case "null":
    case "error":
    case "record":
      throw new TypeError(`no field has the type ${printType(type)}`);
  }
}

/** Refuses what lies outside of the declared range of a field. */
function within(decode: Decode, type: Type, { low, high }: FieldRange): Decode {
  const allowed = `${printValue(low, type)} to ${printValue(high, type)}`;
  return (json, path, violations) => {
    const value = decode(json, path, violations);
    if (value === undefined) return undefined;
    const inside = compareValues(value, low) >= 0 && compareValues(value, high) <= 0;
    return inside ? value : violate(violations, path, `expected a value from ${allowed}, found ${printValue(value, type)}`);
  };
}

/** The decoder of a field with its type and range. */
function fieldDecoder({ type, range }: Pick<FieldSchema, "type" | "range">): Decode {
  return range === null ? decoderOf(type) : within(decoderOf(type), type, range);
}

interface FieldDecoder {
  readonly name: string;
  readonly path: string;
  /** Names of `Object.prototype` are found on every object, so only an own property counts. */
  readonly inherited: boolean;
  readonly decode: Decode;
  readonly absent: Value | Missing | undefined;
}

/** What a frame has where an event does not have the field; undefined where it must. */
export function absentValue(field: FieldSchema): Value | Missing | undefined {
  if (field.default !== null) return field.default.value;
  return field.optional ? new Missing(`field ${field.name}`) : undefined;
}

/** Builds the decoder of an event type. Unknown fields are violations: a misspelt optional field must not vanish. */
export function eventDecoder(schema: EventSchema): EventDecoder {
  const fields = schema.fields.map(
    (field): FieldDecoder => ({
      name: field.name,
      path: `/${pointer(field.name)}`,
      inherited: field.name in {},
      decode: fieldDecoder(field),
      absent: absentValue(field),
    }),
  );
  const known = new Set(schema.fields.map((field) => field.name));
  return (event, target, violations) => {
    if (!isObject(event)) {
      violate(violations, "", `expected an object with the fields of \`${schema.name}\`, found ${show(event)}`);
      return;
    }
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as FieldDecoder;
      const json = field.inherited && !Object.hasOwn(event, field.name) ? undefined : event[field.name];
      target[i] = json === undefined || json === null ? absent(field, violations) : field.decode(json, field.path, violations);
    }
    for (const name in event) if (!known.has(name)) violate(violations, `/${pointer(name)}`, unknownField(name, schema));
  };
}

function absent(field: FieldDecoder, violations: Violation[]): Value | Missing | undefined {
  return field.absent === undefined ? violate(violations, field.path, "the field is required") : field.absent;
}

function unknownField(name: string, schema: EventSchema): string {
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  return `\`${schema.name}\` has no field \`${shown}\`; declare it or leave it out`;
}
