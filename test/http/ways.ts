import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { DecisionRequest } from "../../src/engine/decision.ts";
import type { Scanned } from "../../src/engine/scanned.ts";
import { readLine } from "../../src/http/envelope.ts";
import type { RequestScanner } from "../../src/http/scan.ts";
import { eventDecoder, type EventDecoder, type Target } from "../../src/types/decode.ts";
import type { Page } from "../../src/types/page.ts";
import type { EventScanner } from "../../src/types/scan.ts";
import type { EventSchema, FieldSchema, Violation } from "../../src/types/schema.ts";
import { BOOL, CIDR, DURATION, IP, MONEY, NUMBER, STRING, TIMESTAMP, type Type } from "../../src/types/type.ts";
import type { Rng } from "../random.ts";

/*
 * Requests are read in two ways: from their bytes into a frame, and where that gives up by the strict parser and the
 * decoder. Here the first, as it is or with a bug planted in it, is held against the second over every spelling that a
 * grammar of small pieces yields, every change of one byte, and random requests of several types in turn.
 */

/** What is held against the usual way: the source as it is, or a copy with a bug in it. */
export interface Rooms {
  readonly RequestScanner: typeof RequestScanner;
  readonly eventScanner: (schema: EventSchema) => EventScanner | null;
}

export const NEVER = { read: () => null } as unknown as RequestScanner;

export function field(name: string, type: Type, more: Partial<FieldSchema> = {}): FieldSchema {
  return { name, type, optional: false, default: null, range: null, key: false, pii: false, doc: null, ...more };
}

export function schemaOf(name: string, fields: readonly FieldSchema[]): EventSchema {
  return { name, doc: null, fields, id: null, time: null };
}

export interface Bench {
  readonly scanner: RequestScanner;
  readonly schemas: ReadonlyMap<string, EventSchema>;
  readonly decoders: ReadonlyMap<string, EventDecoder>;
}

/** A scanner of its own for each type, as the desk has them, without the desk: a copy with a bug is no part of one. */
export function benchOf({ RequestScanner: Scanner, eventScanner }: Rooms, schemas: readonly EventSchema[]): Bench {
  const types = new Map(schemas.map((schema) => [schema.name, { event: { schema, frameSize: schema.fields.length, features: [], rulesets: [] }, scanner: eventScanner(schema) }]));
  const scan = (type: string, page: Page, from: number): Scanned | null => {
    const known = types.get(type);
    if (!known?.scanner) return null;
    const frame = known.scanner.absent.slice();
    const end = known.scanner.scan(page, from, frame);
    return end === -1 ? null : { event: known.event, frame, text: page.bytes.toString("utf8", from, end), end };
  };
  return {
    scanner: new Scanner({ scan }),
    schemas: new Map(schemas.map((schema) => [schema.name, schema])),
    decoders: new Map(schemas.map((schema) => [schema.name, eventDecoder(schema)])),
  };
}

/** What the usual way makes of a line; null where it refuses it. */
function usual(bytes: Buffer, { schemas, decoders }: Bench): { readonly request: DecisionRequest; readonly frame: Target } | null {
  let request: DecisionRequest;
  try {
    request = readLine(bytes, NEVER, "v1", null);
  } catch {
    return null;
  }
  const schema = schemas.get(request.type);
  if (schema === undefined) return null;
  const frame: Target = schema.fields.map(() => undefined);
  const violations: Violation[] = [];
  decoders.get(request.type)?.(request.event, frame, violations);
  return violations.length > 0 ? null : { request, frame };
}

/** With maps as lists of their entries: those that differ only in order count as equal, and rules go over them in order. */
export function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  return value instanceof Map ? ["a map", ...[...value].map(([key, item]) => [key, ordered(item)])] : value;
}

/** Holds the scanner against the usual way; yields whether it took the line. Throws where they differ. */
export function hold(bench: Bench, bytes: Buffer): boolean {
  const request = bench.scanner.read(bytes, "v1", null);
  if (request === null) return false;
  const shown = (): string => JSON.stringify(bytes.toString("latin1"));
  const { scanned } = request;
  const expected = usual(bytes, bench);
  if (expected === null || scanned === undefined) assert.fail(`taken, though it is to be refused: ${shown()}`);
  const { type, explain, version, traceId, event } = expected.request;
  // A scanned event is a plain one: what envelopes of CloudEvents add has no place in it.
  const same =
    isDeepStrictEqual({ type, explain, version, traceId, event: undefined, scanned }, request) &&
    isDeepStrictEqual(ordered(scanned.frame), ordered(expected.frame)) &&
    scanned.event.schema.name === type &&
    isDeepStrictEqual(JSON.parse(scanned.text), event);
  if (!same) assert.deepEqual({ ...request, scanned: scanned.frame, text: scanned.text }, { ...expected.request, event: undefined, scanned: expected.frame, text: JSON.stringify(event) }, shown());
  return same || assert.fail(shown());
}

const GEO: Type = { kind: "geo" };
const ENUM: Type = { kind: "enum", members: ["pos", "ecom", "a b", "", "é", "a-long-name-of-a-channel-that-is-longer-than-32"] };
const SIMPLE: readonly Type[] = [NUMBER, NUMBER, STRING, STRING, BOOL, MONEY, { kind: "money", currency: "USD" }, { kind: "money", currency: "JPY" }, { kind: "money", currency: "KWD" }, TIMESTAMP, DURATION, IP, CIDR, GEO, ENUM];

function randomType(rng: Rng, depth: number): Type {
  if (depth === 0 || rng.chance(0.7)) return rng.pick(SIMPLE);
  return rng.chance(0.5) ? { kind: "list", element: randomType(rng, depth - 1) } : { kind: "map", key: STRING, value: randomType(rng, depth - 1) };
}

const DEFAULTS: Readonly<Partial<Record<Type["kind"], FieldSchema["default"]>>> = { number: { value: 7 }, string: { value: "none" }, bool: { value: false }, money: { value: { minor: 100, currency: "USD" } }, enum: { value: "pos" } };

/** Types that have fields of one name and different types, as the next event of a sender may. */
export function randomSchema(rng: Rng, name: string): EventSchema {
  const names = ["id", "at", "card", "amount", "type", "event", "explain", "a", "ab", "abc", "abcd", "abcde", "constructor", "prototype", "valueOf", "a/b~c", "größe", "field_10", "field_11"];
  const fields = names.filter(() => rng.chance(0.4)).map((each) => {
    const type = randomType(rng, 3);
    const usd = type.kind === "money" && type.currency === "USD";
    const range = !rng.chance(0.3) ? null : type.kind === "number" ? { low: -1_000, high: 1e6 } : usd ? { low: { minor: -500, currency: "USD" }, high: { minor: 1_000_000, currency: "USD" } } : null;
    const preset = rng.chance(0.2) ? (DEFAULTS[type.kind] ?? null) : null;
    return field(each, type, { range, default: preset, optional: preset === null && rng.chance(0.3) });
  });
  return schemaOf(name, fields);
}

const EDGES = "9007199254740991";
const MONEY_TEXTS = ["12.30 USD", "12.3 USD", "12 USD", "12USD", "0 USD", "-0.00 USD", "+1.00 USD", "-5.5 USD", "1 JPY", "1.0 JPY", "1.234 KWD", "90071992547409.91 USD", `${EDGES} JPY`, "9007199254740.991 KWD", "999999999999999 USD", "9999999999999.99 USD", "00012.30 USD", "12.3000 USD"];
/** Each is no money, or none of a currency that is asked for. */
const NO_MONEY = ["90071992547409.92 USD", "9007199254740992 JPY", "9007199254740.992 KWD", "12.345 USD", "1.5 JPY", "12,30 USD", "12.30 usd", "12.30  USD", " 12.30 USD", "12.30 USD ", "12.30 XXY", ".5 USD", "5. USD", "1e2 USD", "--1 USD", "", "USD", "1".repeat(21) + " USD", "١ USD"];
const PAIRS = [`{"amount":"12.30","currency":"USD"}`, `{"currency":"JPY","amount":"7"}`, `{"amount":"12.30","currency":"USD","more":1}`, `{"amount":"12.30"}`, `{"amount":12.30,"currency":"USD"}`, `{"amount":"12.30","amount":"12.30"}`, `{"amount":"1","amount":"2","currency":"USD"}`, `{"currency":"USD","amount":"1","currency":"USD"}`, `{"amount":"1","currency":"usd"}`, `{"amount":"","currency":""}`, `{"\\u0061mount":"1","currency":"USD"}`, `{"amount":null,"currency":"USD"}`];
const TIMES = ["2026-01-31T09:30:00Z", "2026-01-31T09:30:00.250Z", "2026-01-31T09:30:00.123456789+01:00", "1969-07-20t20:17:40z", "2024-02-29T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2026-01-31", "2026-01-31T09:30Z"];
const NO_TIMES = ["2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T09:30:60Z", "2026-01-31T09:30:00", "2026-01-31 09:30:00+25:00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "2026-1-31T09:30:00Z", "20x6-01-31T09:30:00Z", "1764000000"];
const TEXTS: Readonly<Partial<Record<Type["kind"], readonly (readonly string[])[]>>> = {
  money: [MONEY_TEXTS, NO_MONEY],
  timestamp: [TIMES, NO_TIMES],
  duration: [["90s", "1h30m", "-2.5h", "-0s", "0.4ms", "9223372036854ms"], ["", "-", "1", "s", "1y", "1 h", "9223372036855ms", "1e3s"]],
  ip: [["203.0.113.7", "2001:db8::1", "::ffff:10.0.0.1", "::192.0.2.1", "2001:DB8:0:0:0:0:0:1"], ["010.0.0.1", "1.2.3", "1.2.3.256", "fe80::1%eth0", ":::", "0x7f.0.0.1", "", "1".repeat(46)]],
  cidr: [["203.0.113.0/24", "10.0.0.1", "2001:db8::/32", "::ffff:10.0.0.0/104"], ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "2001:db8::/129", "10.0.0.0/8/8"]],
  string: [["", "a", "abc", "abcd", "abcde", "US", "é", "😀", 'a"b', "\t", "\u0000", "\\", "a/b", "\u007f", "x".repeat(31), "x".repeat(32), "x".repeat(33), "y".repeat(5_000), "__proto__", "null", "\ufeff"], []],
  enum: [["pos", "ecom", "a b", "", "é", "a-long-name-of-a-channel-that-is-longer-than-32"], ["POS", "po", "poss", " pos", "e\u0301", "constructor"]],
};
const NUMBERS = ["0", "-0", "0.0", "-0.0e5", "1", "-1", "12.50", "0.1", "1e2", "1E+2", "1e-2", "1e308", "-1.7976931348623157e308", "5e-324", "2e-324", "123456789012345", "1234567890123456", "9007199254740993", "0.30000000000000004", "123456789.123456789", "4.35", "1.005", "999999.9999999", "9".repeat(40), `0.${"1".repeat(60)}`, `0.${"0".repeat(30)}1`, "1e00002", "1000000", "1000000.01", "-1000.5", "100000000000000000000000e-20", "0.1234567890123456"];
const NO_NUMBERS = ["1e400", "-1e400", "00", "01", "-01", "1.", ".5", "-", "+1", "1e", "1e+", "1.e5", "--1", "1.2.3", "1e5.5", "0x10", "1_0", "NaN", "Infinity", "1-2", "01234567890123456789", "1.234567890123456789.1", "12345678901234567e", "١"];
const ANYTHING = ["null", "true", "false", "tru", "nul", "nullx", "[]", "{}", "[null]", "[1,]", "[,1]", '{"a":}', '{"a":1,}', '""', '"', "1 2", "\u0001", '"\u0001"', '"\\ud83d"', '"\\ude00\\ud83d"', '"\\x"', "undefined"];
const KEYS = ['"a"', '"b"', '"c/d"', '"é"', '"\\u0061"', '"-1"', '"a1"', '""', '"constructor"', '"k"', '"kk"', '"kkk"', '"kkkk"'];
const ODD_KEYS = ['"__proto__"', '"prototype"', '"1"', '"01"', '"\\ud800"', "a", "'a'"];

function pieces(rng: Rng, odd: number, space: () => string, piece: () => string): string {
  const parts = Array.from({ length: rng.below(4) }, piece);
  if (parts.length > 0 && rng.chance(odd)) parts.push(rng.pick(["", parts[0] as string]));
  return parts.join(`,${space()}`);
}

/** JSON of a value of a type; `odd` is how often it is one that is refused or rare. */
function written(rng: Rng, type: Type, odd: number, space: () => string): string {
  const strange = rng.chance(odd);
  if (strange && rng.chance(0.3)) return rng.chance(0.3) ? rng.pick(["1", '"x"', `${'['.repeat(40)}${']'.repeat(40)}`]) : rng.pick(ANYTHING);
  switch (type.kind) {
    case "number":
      if (!strange && rng.chance(0.5)) return `${rng.chance(0.2) ? "-" : ""}${rng.below(10 ** (1 + rng.below(9)))}${rng.chance(0.5) ? `.${rng.below(10 ** (1 + rng.below(9)))}` : ""}`;
      return rng.pick(strange ? NO_NUMBERS : NUMBERS);
    case "bool":
      return strange ? rng.pick(ANYTHING) : String(rng.chance(0.5));
    case "geo":
      return strange ? rng.pick(['{"lat":91,"lon":0}', '{"lat":-90,"lon":180.1}', '{"lat":1}', '{"lat":1,"lat":1}', '{"lat":1,"lat":1,"lon":1}', '{"lat":1,"lon":"1"}', '{"lat":1,"lon":1,"alt":1}', '{"lat":1e400,"lon":0}', '{"lat":null,"lon":0}']) : rng.pick(['{"lat":52.5,"lon":-13.4}', '{"lon":-180,"lat":90}', '{"lat":-0,"lon":0}', '{"lat": 1e1, "lon": 1}']);
    case "list":
      return `[${pieces(rng, odd, space, () => written(rng, type.element, odd, space))}]`;
    case "map":
      return `{${pieces(rng, odd, space, () => `${rng.pick(rng.chance(odd) ? ODD_KEYS : KEYS)}:${space()}${written(rng, type.value, odd, space)}`)}}`;
    case "money":
      if (rng.chance(0.25)) return strange ? rng.pick(PAIRS) : `{"amount":"${rng.below(1e6)}","currency":"${type.currency ?? "USD"}"}`;
      if (!strange && type.currency !== null) return `"${rng.below(1e6)} ${type.currency}"`;
      break;
    default:
  }
  const [good = [], bad = []] = TEXTS[type.kind] ?? [];
  return quoted(rng, rng.pick(strange && bad.length > 0 ? bad : good));
}

/** A text, at times with characters escaped that need not be. */
function quoted(rng: Rng, text: string): string {
  const plain = JSON.stringify(text);
  if (!rng.chance(0.15) || plain.includes("\\")) return plain;
  const escaped = (character: string): string => character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  return plain.replaceAll(/[^"]/gu, (character) => (rng.chance(0.3) ? escaped(character) : character));
}

/** A request of a type. With `odd` 0 one that both ways take, but for the order of its members. */
export function requestOf(rng: Rng, schema: EventSchema, odd: number): string {
  const wide = rng.chance(0.3);
  const space = (): string => (rng.chance(odd) ? rng.pick(["  ", "\n", "\t", "\u00a0"]) : wide ? " " : "");
  const members = schema.fields
    .filter(({ optional, default: preset }) => rng.chance(optional || preset !== null ? 0.7 : 1 - odd / 3))
    .map(({ name, type, optional, range }) => {
      const value = rng.chance(optional ? 0.2 : odd / 2) ? "null" : range !== null && odd === 0 ? (type.kind === "money" ? '"3.50 USD"' : String(rng.below(1_000))) : written(rng, type, odd, space);
      return `${JSON.stringify(name)}:${space()}${value}`;
    });
  if (rng.chance(odd)) members.push(rng.pick([...members, '"more":1', '"__proto__":1', '"":1', '"\\u0069d":"x"']));
  if (rng.chance(0.2)) members.sort(() => rng.next() - 0.5);
  const event = rng.chance(odd / 10) ? "{}" : `{${members.join(`,${space()}`)}}`;
  if (odd > 0 && rng.chance(0.1)) {
    return `{"specversion":"1.0","id":"c1","source":"/s","type":${JSON.stringify(schema.name)},"data":${event}${rng.chance(0.3) ? ',"explain":true' : ""}}`;
  }
  const parts = [`"type":${space()}${JSON.stringify(schema.name)}`, `"event":${space()}${event}`, ...(rng.chance(0.3) ? [`"explain":${space()}${rng.chance(odd) ? rng.pick(["1", "null", '"true"', "True"]) : rng.chance(0.5)}`] : [])];
  if (rng.chance(odd)) parts.push(rng.pick([...parts, '"more":1', '"data":{}', '"specversion":"1.0"', '"id":"x"']));
  if (rng.chance(0.3)) parts.sort(() => rng.next() - 0.5);
  return `${rng.chance(odd / 3) ? "\ufeff" : ""}{${parts.join(`,${space()}`)}}${rng.pick(["", "", "\n", "\r\n"])}`;
}

/** How many requests were held against the usual way, and how many of them the scanner took. */
export interface Tally {
  held: number;
  taken: number;
}

function count(tally: Tally, bench: Bench, bytes: Buffer): void {
  tally.held += 1;
  tally.taken += Number(hold(bench, bytes));
}

const BYTES = Array.from({ length: 256 }, (_, byte) => Buffer.of(byte));
const INSERTED = ['"', "\\", "{", "}", "[", "]", ":", ",", " ", "\n", "\t", "0", "9", "-", "+", ".", "e", "u", "null", "true", '""', "{}", "[]", ',"a":1', '"a":1,', "\\u0061", "\\ud800", "\u0000", "\u001f", "\u007f", "é", "😀", "\ufeff"].map((text) => Buffer.from(text));
const BROKEN = [[0xc3], [0x80], [0xa9], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff]].map((bytes) => Buffer.from(bytes));

/** Random requests of some types in turn, whole, changed in one place and cut off. */
export function tryTurns(rooms: Rooms, rng: Rng, requests: number): Tally {
  const schemas = ["pay", "login", "p"].map((name) => randomSchema(rng, name));
  const bench = benchOf(rooms, schemas);
  const tally: Tally = { held: 0, taken: 0 };
  for (let i = 0; i < requests; i++) {
    const bytes = Buffer.from(requestOf(rng, rng.pick(schemas), rng.pick([0, 0, 0.02, 0.2])));
    count(tally, bench, bytes);
    for (let j = 0; j < 4; j++) {
      const at = rng.below(bytes.length);
      const change = rng.chance(0.5) ? rng.pick(INSERTED) : rng.chance(0.5) ? rng.pick(BROKEN) : Buffer.of(rng.below(256));
      count(tally, bench, Buffer.concat([bytes.subarray(0, at), change, bytes.subarray(at + rng.below(3))]));
    }
    count(tally, bench, bytes.subarray(0, rng.below(bytes.length)));
  }
  return tally;
}

const WHOLE = schemaOf("pay", [
  field("id", STRING),
  field("n", NUMBER, { range: { low: -50, high: 1e9 } }),
  field("m", { kind: "money", currency: "USD" }),
  field("at", TIMESTAMP),
  field("b", BOOL, { optional: true }),
  field("é", ENUM, { default: { value: "pos" } }),
  field("l", { kind: "list", element: NUMBER }, { optional: true }),
  field("o", { kind: "map", key: STRING, value: MONEY }, { optional: true }),
  field("g", GEO, { optional: true }),
]);
const WHOLE_BODY = `{"type":"pay","event":{"id":"t\\u00e9-1","n":12.5,"m":"7.50 USD","at":"2026-01-31T09:30:00Z","b":true,"é":"é","l":[1, 2e1],"o":{"a":"1 JPY","b":{"amount":"2","currency":"USD"}},"g":{"lat":1,"lon":-2}},"explain":false}\n`;

/** Every change of one byte in a request with values of nearly all types: another in its place, one more, one less, cut off there. */
export function tryChanges(rooms: Rooms): Tally {
  const bench = benchOf(rooms, [WHOLE]);
  const tally: Tally = { held: 0, taken: 0 };
  const bytes = Buffer.from(WHOLE_BODY);
  assert.ok(hold(bench, bytes));
  for (let at = 0; at <= bytes.length; at++) {
    const [before, rest] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
    for (const byte of BYTES) count(tally, bench, Buffer.concat([before, byte, rest]));
    for (const more of [...INSERTED, ...BROKEN]) count(tally, bench, Buffer.concat([before, more, bytes.subarray(at)]));
    for (let less = 1; less <= 6; less++) count(tally, bench, Buffer.concat([before, bytes.subarray(at + less)]));
    count(tally, bench, before);
    count(tally, bench, Buffer.concat([before, bytes.subarray(Math.max(0, at - 6), at), bytes.subarray(at)]));
  }
  return tally;
}

/** Members of that request, at every depth. */
const MEMBERS = ['"type":"pay"', '"explain":false', '"id":"t\\u00e9-1"', '"n":12.5', '"m":"7.50 USD"', '"at":"2026-01-31T09:30:00Z"', '"b":true', '"é":"é"', '"l":[1, 2e1]', '"a":"1 JPY"', '"amount":"2"', '"currency":"USD"', '"lat":1', '"lon":-2'];

/** Each member of that request beside, or instead of, each other one, left out, and with each value of the others. */
export function tryMembers(rooms: Rooms): Tally {
  const bench = benchOf(rooms, [WHOLE]);
  const tally: Tally = { held: 0, taken: 0 };
  const valueOf = (member: string): string => member.slice(member.indexOf(":") + 1);
  for (const member of MEMBERS) {
    assert.ok(WHOLE_BODY.includes(member), member);
    const put = (text: string): void => count(tally, bench, Buffer.from(WHOLE_BODY.replace(member, () => text)));
    const name = member.slice(0, member.indexOf(":") + 1);
    for (const other of MEMBERS) for (const text of [`${member},${other}`, `${other},${member}`, other, name + valueOf(other)]) put(text);
    for (const text of ["", ...ANYTHING.map((value) => name + value)]) put(text);
    for (const text of [`${member},`, `,${member}`]) count(tally, bench, Buffer.from(WHOLE_BODY.replace(text, "")));
  }
  return tally;
}

/** Everything that so many pieces can be put together to, the short ones too. */
function* words(alphabet: readonly Buffer[], length: number): Generator<Buffer> {
  if (length === 0) return void (yield Buffer.alloc(0));
  for (const word of words(alphabet, length - 1)) for (const piece of length === 1 ? [...alphabet] : [Buffer.alloc(0), ...alphabet]) yield Buffer.concat([word, piece]);
}

const OF_NUMBERS = ["0", "1", "9", "-", "+", ".", "e", "E", "00000000000", "123456789012345"].map((text) => Buffer.from(text));
const OF_TEXTS = [...["a", "\\", '"', "u", "\\u", "00e9", "d83d", "\\ude00", "n", "/", "\u001f", "\u007f", "é"].map((text) => Buffer.from(text)), Buffer.of(0xc3), Buffer.of(0xa9), Buffer.of(0xed, 0xa0, 0x80), Buffer.of(0xf0, 0x9f, 0x98), Buffer.of(0x80)];

/** Every number of up to `length` pieces, as a field, in a list and as a latitude. */
export function tryNumbers(rooms: Rooms, length: number): Tally {
  const bench = benchOf(rooms, [schemaOf("pay", [field("n", NUMBER, { optional: true }), field("l", { kind: "list", element: NUMBER }, { optional: true }), field("g", GEO, { optional: true })])]);
  const tally: Tally = { held: 0, taken: 0 };
  const around = ([before, after]: readonly [string, string]): readonly [Buffer, Buffer] => [Buffer.from(`{"type":"pay","event":{${before}`), Buffer.from(`${after}}}`)];
  const places = ([['"n":', ""], ['"l":[', ",1]"], ['"g":{"lon":0,"lat":', "}"]] as const).map(around);
  let turn = 0;
  for (const word of words(OF_NUMBERS, length)) {
    const [before, after] = places[turn++ % places.length] as readonly [Buffer, Buffer];
    count(tally, bench, Buffer.concat([before, word, after]));
  }
  return tally;
}

/** What means something else to an object than other names, or stands in another place of it. */
const NAMES = ["__proto__", "prototype", "constructor", "toString", "0", "1", "01", "-1", "4294967295", "1e3"].map((text) => Buffer.from(text));

/** Every text of up to `length` pieces, as a field, a key, a name, a type and a member of an enumeration. */
export function tryTexts(rooms: Rooms, length: number): Tally {
  const fields = [field("s", STRING, { optional: true }), field("a", STRING, { optional: true }), field("aé", STRING, { optional: true }), field("o", { kind: "map", key: STRING, value: STRING }, { optional: true }), field("c", ENUM, { optional: true })];
  const bench = benchOf(rooms, [schemaOf("a", fields), schemaOf("é", fields)]);
  const tally: Tally = { held: 0, taken: 0 };
  const places = ([['{"type":"a","event":{"s":"', '"}}'], ['{"type":"a","event":{"o":{"', '":"x","a":"y"}}}'], ['{"type":"a","event":{"', '":"x"}}'], ['{"type":"', '","event":{}}'], ['{"type":"a","event":{"c":"', '"}}']] as const).map(([before, after]) => [Buffer.from(before), Buffer.from(after)] as const);
  for (const word of [...words(OF_TEXTS, length), ...NAMES]) for (const [before, after] of places) count(tally, bench, Buffer.concat([before, word, after]));
  return tally;
}
