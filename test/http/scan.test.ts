import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { EventProgram, Program } from "../../src/compile/program.ts";
import type { DecisionRequest } from "../../src/engine/decision.ts";
import { Desk } from "../../src/engine/desk.ts";
import { KnownIds } from "../../src/engine/known.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { RETRY_WINDOW_MS } from "../../src/engine/retries.ts";
import { MAX_MEMBERS } from "../../src/http/body.ts";
import { readEvent } from "../../src/http/envelope.ts";
import { RequestScanner } from "../../src/http/scan.ts";
import type { Journal, LogRecord } from "../../src/store/record.ts";
import { eventDecoder, MAX_LIST_ITEMS, type Target } from "../../src/types/decode.ts";
import { PAGE_BYTES } from "../../src/types/page.ts";
import { MAX_SCANNED_MEMBERS } from "../../src/types/scan.ts";
import type { EventSchema, FieldSchema, Violation } from "../../src/types/schema.ts";
import { BOOL, CIDR, DURATION, IP, MONEY, NUMBER, STRING, TIMESTAMP, type Type } from "../../src/types/type.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { type Rng, rngOf } from "../random.ts";
import { paymentProgram } from "./program.ts";

/*
 * Whatever the scanner of requests accepts, the strict parser and the decoder accept too, with the same values; what they
 * refuse it gives up, so that they say why. It is asked with requests of random event types, whole and broken.
 */

const SCHEMAS = Number(process.env["SLUICE_TEST_SCHEMAS"] ?? 150);
const BODIES = 60;

function field(name: string, type: Type, more: Partial<FieldSchema> = {}): FieldSchema {
  return { name, type, optional: false, default: null, range: null, key: false, pii: false, doc: null, ...more };
}

interface Bench {
  readonly scanner: RequestScanner;
  readonly schema: EventSchema;
}

function benchOf(fields: readonly FieldSchema[]): Bench {
  const schema: EventSchema = { name: "pay", doc: null, fields, id: null, time: null };
  const event: EventProgram = { schema, frameSize: fields.length + 2, features: [], rulesets: [] };
  const clock = { now: () => 0 };
  const program = { version: "v1", events: new Map([["pay", event]]) } as unknown as Program;
  const desk = new Desk({ active: () => program, windows: new WindowStore(), lists: new ManagedLists(clock), clock });
  return { scanner: new RequestScanner(desk), schema };
}

const NEVER = { read: () => null } as unknown as RequestScanner;

/** What the usual way makes of a body; null where it refuses it. */
function usual(bytes: Buffer, schema: EventSchema): { readonly request: DecisionRequest; readonly frame: Target } | null {
  let request: DecisionRequest;
  try {
    request = readEvent(bytes, "event", NEVER, "v1", null);
  } catch {
    return null;
  }
  const frame: Target = Array.from({ length: schema.fields.length + 2 }, () => undefined);
  const violations: Violation[] = [];
  if (request.type !== schema.name) return null;
  eventDecoder(schema)(request.event, frame, violations);
  return violations.length > 0 ? null : { request, frame };
}

/** Holds the scanner against the usual way; yields whether it took the body. */
function hold({ scanner, schema }: Bench, bytes: Buffer, seed: string): boolean {
  const request = scanner.read(bytes, "v1", null);
  if (request === null) return false;
  const { scanned } = request;
  const expected = usual(bytes, schema);
  const shown = `${seed}: ${JSON.stringify(bytes.toString("latin1"))}`;
  assert.ok(scanned, shown);
  assert.ok(expected, `taken, though it is to be refused: ${shown}`);
  assert.deepEqual({ type: request.type, explain: request.explain, version: request.version }, { type: "pay", explain: expected.request.explain, version: "v1" }, shown);
  assert.deepEqual(scanned.frame, expected.frame, shown);
  assert.deepEqual(JSON.parse(scanned.text), expected.request.event, shown);
  return true;
}

const TEXTS = ["", "a", "US", "abc", "abcd", "é", "x\u{1f600}y", "a\"b", "tab\t", "nul\u0000", "back\\slash", "a/b", "x".repeat(31), "x".repeat(32), "y".repeat(33), "\u007f", "m_100123", "m_100124", "m_200123", "constructor", "__proto__"];
const NUMBERS = [0, -0, 1, -1, 12.5, 0.1, 1e21, 1e-7, 123456789012345, 1234567890123456, 2 ** 53, 0.30000000000000004, 1.7976931348623157e308, 5e-324, 100, 2 ** 31, -(2 ** 31), 4.35, 99.999];
const SPELT = ["-0", "0.0", "-0.00", "1E2", "1e+2", "1e-2", "1.50", "0.1e1", "123456789.123456789", "1e308", "00", "01", "-01", "1.", ".5", "-", "+1", "1e", "1e400", "-1e400", "0x10", "1_0", "NaN", "Infinity", "9".repeat(40), `0.${"1".repeat(60)}`, `1${"0".repeat(70)}`, "1e00002", "--1", "1.2.3", "1.e5", "01e5", "1e5.", "1e5e5", "1e", "1e+", "1-2", "1234567890123456789.", "0123456789012345678", "1001", "-1001"];

/** A valid value of a type, as JavaScript has it. */
function valueOf(rng: Rng, type: Type): unknown {
  switch (type.kind) {
    case "number":
      if (rng.chance(0.2)) return Number(`${1 + rng.below(9e7)}${rng.below(1e8)}${rng.below(1e3)}${rng.pick(["", ".5", "e-9"])}`);
      return rng.chance(0.5) ? rng.pick(NUMBERS) : Math.round((rng.next() - 0.3) * 10 ** rng.below(9)) / 10 ** rng.below(5);
    case "bool":
      return rng.chance(0.5);
    case "money":
      return rng.chance(0.6) ? rng.pick(["12.30 USD", "0.00 USD", "1 USD", "-5.5 USD", "999999.99 USD", "7 JPY"]) : rng.chance(0.5) ? { amount: "12.30", currency: "USD" } : { currency: "USD", amount: "7" };
    case "timestamp":
      return rng.pick(["2026-01-31T09:30:00Z", "2026-01-31T09:30:00.250Z", "2026-01-31T09:30:00.250+01:00", "1969-07-20t20:17:40z"]);
    case "duration":
      return rng.pick(["90s", "1h30m", "-2.5h"]);
    case "ip":
      return rng.pick(["203.0.113.7", "2001:db8::1", "::ffff:10.0.0.1"]);
    case "cidr":
      return rng.pick(["203.0.113.0/24", "10.0.0.1"]);
    case "geo":
      return rng.chance(0.5) ? { lat: 52.5, lon: -13.4 } : { lon: 180, lat: -90 };
    case "enum":
      return rng.pick(type.members);
    case "list":
      return Array.from({ length: rng.below(4) }, () => valueOf(rng, type.element));
    case "map":
      return Object.fromEntries(Array.from({ length: rng.below(4) }, () => [rng.pick(["a", "b", "c/d", "é", "x~y", "k1"]), valueOf(rng, type.value)]));
    default:
      return rng.pick(TEXTS);
  }
}

const WRONG: readonly unknown[] = [null, 1, "x", true, [], {}, [1], { a: 1 }, "12.3", "1.234 USD", "2026-02-30T00:00:00Z", { lat: 91, lon: 0 }, { lat: 1 }, { amount: 1, currency: "USD" }, { amount: "1", currency: "USD", more: 1 }, "POS", { 1: 2, 0: 3 }];

const ENUM: Type = { kind: "enum", members: ["pos", "ecom", "a b"] };
const TYPES: readonly Type[] = [NUMBER, NUMBER, NUMBER, STRING, STRING, BOOL, MONEY, { kind: "money", currency: "USD" }, TIMESTAMP, DURATION, IP, CIDR, { kind: "geo" }, ENUM, { kind: "list", element: NUMBER }, { kind: "list", element: { kind: "list", element: STRING } }, { kind: "map", key: STRING, value: NUMBER }, { kind: "map", key: STRING, value: { kind: "map", key: STRING, value: MONEY } }, { kind: "list", element: { kind: "geo" } }];
const NAMES = ["id", "at", "card", "amount", "k", "ab", "abc", "abcd", "abcde", "constructor", "toString", "hasOwnProperty", "a_very_long_name_of_a_field", "größe", "card_2", "card_3", "type", "event"];

function randomFields(rng: Rng): readonly FieldSchema[] {
  return NAMES.filter(() => rng.chance(0.45)).map((name) => {
    const type = rng.pick(TYPES);
    const optional = rng.chance(0.3);
    const range = type.kind === "number" && rng.chance(0.3) ? { low: -1_000, high: 1_000 } : null;
    return field(name, type, { optional, range, default: !optional && type.kind === "number" && rng.chance(0.3) ? { value: 5 } : null });
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[^ -~]|e/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** JSON in one of the spellings that senders have; `odd` is how often a value stands there that is wrong or rare. */
function spell(rng: Rng, value: unknown, space: string, odd: number): string {
  if (rng.chance(odd)) return typeof value === "number" ? rng.pick([...SPELT, `${rng.below(1e9)}${rng.below(1e9)}${rng.below(10)}`]) : JSON.stringify(rng.pick(WRONG));
  if (Array.isArray(value)) return `[${value.map((item) => spell(rng, item, space, odd)).join(`,${space}`)}]`;
  if (typeof value === "object" && value !== null) return `{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${space}${spell(rng, item, space, odd)}`).join(`,${space}`)}}`;
  const text = Object.is(value, -0) ? "-0" : JSON.stringify(value);
  return typeof value === "string" && rng.chance(0.15) ? `"${escaped(text.slice(1, -1).replaceAll(/\\./g, "e"))}"` : text;
}

function requestOf(rng: Rng, schema: EventSchema, odd: number, tidy: boolean): string {
  const space = rng.chance(0.3) ? " " : "";
  const members = schema.fields.filter(({ optional, default: value }) => !(optional || value !== null) || rng.chance(0.7)).map(({ name, type, optional, range }) => {
    const value = optional && rng.chance(0.2) ? null : range === null ? valueOf(rng, type) : rng.below(2_000) - 1_000;
    return `${JSON.stringify(name)}:${space}${spell(rng, value, space, odd)}`;
  });
  if (!tidy && rng.chance(0.2)) members.sort(() => rng.next() - 0.5);
  if (!tidy && rng.chance(0.1)) members.push(rng.pick([...members, '"more":1', '"__proto__":1', '"\\u0061b":1', '"":1']));
  const event = `"event":${space}{${members.join(`,${space}`)}}`;
  const parts = [`"type":${space}"pay"`, event, ...(rng.chance(0.2) ? [`"explain":${space}${rng.chance(0.5)}`] : [])];
  if (!tidy && rng.chance(0.1)) parts.push(rng.pick([...parts, '"more":1', '"explain":null', '"explain":"true"']));
  if (!tidy && rng.chance(0.3)) parts.reverse();
  return `{${parts.join(`,${space}`)}}${rng.pick(["", "", "\n", "\r\n", " \t"])}`;
}

const PIECES = ['"', "\\", "{", "}", "[", "]", ":", ",", " ", "\n", "0", "-", ".", "e", "null", "true", '""', "{}", ',"a":1', "\\u00e9", "\\ud800", "\ud83d", "\u0000", "\u001f", "\u{1f600}"];

function broken(rng: Rng, bytes: Buffer): Buffer {
  const at = rng.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + rng.below(8));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(to)];
  const changes = [
    () => Buffer.concat([before, after]),
    () => Buffer.concat([before, Buffer.from(rng.pick(PIECES)), after]),
    () => Buffer.concat([before, Buffer.of(rng.below(256)), bytes.subarray(Math.min(bytes.length, at + 1))]),
    () => Buffer.concat([before, bytes.subarray(at, to), bytes.subarray(at)]),
    () => before,
    () => Buffer.concat([bytes, Buffer.from(rng.pick(PIECES))]),
    () => Buffer.concat([before, Buffer.of(rng.pick([0xc3, 0x80, 0xed, 0xff, 0xf4])), bytes.subarray(at)]),
  ];
  return rng.pick(changes)();
}

test("what is accepted is what the usual way accepts, with the same values", () => {
  const first = Date.now() % 1_000_000_000;
  let [taken, spelt, mutants] = [0, 0, 0];
  for (let number = 0; number < SCHEMAS; number++) {
    const rng = rngOf(first + number);
    const bench = benchOf(randomFields(rng));
    const seed = `seed ${first + number}`;
    for (let i = 0; i < BODIES; i++) {
      const plain = Buffer.from(requestOf(rng, bench.schema, 0, true));
      if (usual(plain, bench.schema) !== null) assert.ok(hold(bench, plain, seed), `given up: ${seed}: ${plain.toString()}`);
      taken += 1;
      const odd = Buffer.from(requestOf(rng, bench.schema, rng.pick([0, 0.05, 0.3]), false));
      spelt += Number(hold(bench, odd, seed));
      for (let j = 0; j < 4; j++) mutants += Number(hold(bench, broken(rng, rng.chance(0.5) ? odd : plain), seed));
    }
  }
  // Else the comparison would hold for a scanner that takes nothing.
  assert.ok(taken > SCHEMAS * 10 && spelt > SCHEMAS * 10 && mutants > SCHEMAS, `${taken}, ${spelt}, ${mutants}`);
});

suite("a request of two fields", () => {
  const { scanner, schema } = benchOf([field("a", NUMBER), field("s", STRING, { optional: true }), field("m", { kind: "map", key: STRING, value: NUMBER }, { optional: true }), field("l", { kind: "list", element: NUMBER }, { optional: true })]);
  const bench = { scanner, schema };
  const around = (members: string): Buffer => Buffer.from(`{"type":"pay","event":{${members}}}`);
  const items = (count: number, item: (i: number) => string): string => Array.from({ length: count }, (_, i) => item(i)).join(",");
  const taken: readonly string[] = ['"a":1', '"a":-0.0', '"s":"","a":1', '"s":null,"a":1', '"a":1,"s":"\\u00e9\\ud83d\\ude00"', '"a":1,"s":"\\/"', ' "a": 1, "s": "x" ', '"a":1,"m":{"constructor":1}', `"a":1,"l":[${items(MAX_LIST_ITEMS, () => "1")}]`, '"a":1e2', '"a":12345678901234567890'];
  for (const members of taken) test(`takes ${members.slice(0, 60)}`, () => assert.ok(hold(bench, around(members), "")));
  const given: readonly string[] = [
    '"a":1,"a":1', '"a":null', "", '"a":1,', '"a":1,,"s":"x"', '"a":1 "s":"x"', '"a":01', '"a":1e400', '"a":1.', '"a":tru', '"a":"1"', '"a":1,"s":"\\ud800"', '"a":1,"s":"\\x"', '"a":1,"s":"\\u12"', '"a":1,"s":"\u0001"', '"a":1,"s":"x', '"a":1,"x":1', '"a":1,"__proto__":1', '"a":1,"m":{"__proto__":1}',
    '"a":1,"m":{"b":1,"b":1}', '"a":1,"m":{"b":1,"\\u0062":1}', '"a":1,"m":{"1":1}', '"a":1,"m":{"prototype":1}', '"a":1,"l":[1,]', '"a":1,"l":[,1]', '"a":1,"l":[null]', `"a":1,"l":[${items(MAX_LIST_ITEMS + 1, () => "1")}]`, '"a" :1', '"a":\n1', '"a":  1', '"a":nul', '"a":1,"s":nullx', '"a":1}',
  ];
  for (const members of given) test(`gives up ${members.slice(0, 60)}`, () => assert.equal(scanner.read(around(members), null, null), null));
  const whole: readonly (string | Buffer)[] = ["", "{", "{}", "[]", "null", ' {"type":"pay","event":{"a":1}}', '{"type":"pay","event":{"a":1}} x', '{"type":"pay","event":{"a":1}}{}', '{"type":"pay","event":{"a":1},"more":1}', '{"type":"pay","type":"pay","event":{"a":1}}', '{"type":"pay","event":{"a":1},"event":{"a":1}}', '{"type":"pay","event":{"a":1},"explain":1}', '{"type":"other","event":{"a":1}}', '{"event":{"a":1}}', '{"type":"pay"}', "\u{feff}{}", Buffer.from('{"type":"pay","event":{"a":1,"s":"\xff"}}', "latin1"), Buffer.from('{"type":"pay","event":{"a":1,"s":"\xed\xa0\x80"}}', "latin1")];
  for (const body of whole) test(`gives up ${JSON.stringify(body.toString().slice(0, 60))}`, () => assert.equal(scanner.read(Buffer.from(body), null, null), null));

  test("an event before its type is read by the type that came last", () => {
    assert.ok(hold(bench, around('"a":1'), ""));
    assert.ok(hold(bench, Buffer.from('{"event":{"a":1},"type":"pay"}'), ""));
    assert.equal(scanner.read(Buffer.from('{"event":{"a":1},"type":"other"}'), null, null), null);
  });
  test("a body of more bytes than a page is given up, one of as many is taken", () => {
    const rest = PAGE_BYTES - around('"a":1,"s":""').length;
    assert.ok(hold(bench, around(`"a":1,"s":"${"x".repeat(rest)}"`), ""));
    assert.equal(scanner.read(around(`"a":1,"s":"${"x".repeat(rest + 1)}"`), null, null), null);
  });
  test("it takes no more members than the usual way, with those around the event", () => {
    assert.ok(MAX_SCANNED_MEMBERS + 3 <= MAX_MEMBERS);
    const of = (count: number): Buffer => around(`"a":1,"m":{${items(count, (i) => `"k${i}":1`)}}`);
    assert.ok(hold(bench, of(MAX_SCANNED_MEMBERS - 2), ""));
    assert.equal(scanner.read(of(MAX_SCANNED_MEMBERS - 1), null, null), null);
  });
  test("nothing of the body before is read on", () => {
    assert.ok(hold(bench, around('"a":123456,"s":"a long text of the body before"'), ""));
    const bytes = around('"a":123456,"s":"a long text of the body before"');
    for (let length = 0; length < bytes.length; length++) assert.equal(scanner.read(bytes.subarray(0, length), null, null), null);
  });
});

test("texts of one field that are alike are told apart, however many there are", () => {
  const { scanner, schema } = benchOf([field("s", STRING)]);
  const rng = rngOf(7);
  const letters = (length: number): string => Array.from({ length }, () => rng.pick(["a", "b"])).join("");
  for (let i = 0; i < 5_000; i++) assert.ok(hold({ scanner, schema }, Buffer.from(JSON.stringify({ type: "pay", event: { s: letters(rng.below(i % 40 === 0 ? 34 : 9)) } })), "seed 7"));
});

suite("an event that was scanned", () => {
  const body = (id: string): Buffer => Buffer.from(`{"type":"payment","event":{"id": "${id}","at":"2026-11-21T03:00:00Z","card":"c\\u0031","amount":"250.00 USD","risk":1.50}}`);

  function deskOf(): { readonly desk: Desk; readonly log: LogRecord[]; readonly reload: (program: Program | null) => void } {
    const clock = { now: () => Date.UTC(2026, 10, 21, 3) };
    const log: LogRecord[] = [];
    let active: Program | null = paymentProgram();
    const windows = new WindowStore();
    windows.adopt(active.windows);
    const journal: Journal = {
      get last() {
        return log.length;
      },
      received: 0,
      seed: 1,
      append: (record) => void log.push(record),
    };
    const desk = new Desk({ active: () => active, windows, lists: new ManagedLists(clock), clock, log: { journal, ids: new KnownIds(RETRY_WINDOW_MS), find: () => Promise.resolve(null) } });
    return { desk, log, reload: (program) => (active = program) };
  }

  function answer(desk: Desk, bytes: Buffer): Record<string, unknown> {
    const answered = desk.decide(readEvent(bytes, "event", new RequestScanner(desk), null, null));
    if (answered.kind === "refused") return { ...answered.refusal };
    const { id: _id, durationUs: _duration, seq: _seq, ...rest } = answered.decision;
    return rest;
  }

  test("is decided as one that was parsed, and is the same event as that", () => {
    const [scanning, parsing] = [deskOf(), deskOf()];
    const parsed = parsing.desk.decide(readEvent(body("p1"), "event", NEVER, null, null));
    assert.equal(parsed.kind, "decided");
    const { id: _id, durationUs: _duration, seq: _seq, ...expected } = parsed.decision;
    assert.deepEqual(answer(scanning.desk, body("p1")), { ...expected });
    const retried = scanning.desk.decide(readEvent(body("p1"), "event", NEVER, null, null));
    assert.ok(retried.kind === "decided" && retried.decision.replayed);
  });

  test("is kept in the log as its sender wrote it", () => {
    const { desk, log } = deskOf();
    answer(desk, body("p1"));
    assert.deepEqual(log.map((record) => record.body), ['{"id": "p1","at":"2026-11-21T03:00:00Z","card":"c\\u0031","amount":"250.00 USD","risk":1.50}']);
  });

  test("is read anew for a program that came in between, and refused where that has another type", () => {
    const { desk, log, reload } = deskOf();
    const [first, second] = ["p1", "p2"].map((id) => readEvent(body(id), "event", new RequestScanner(desk), null, null)) as [DecisionRequest, DecisionRequest];
    assert.ok(first.scanned && second.scanned);
    const next = paymentProgram("v2");
    const payment = next.events.get("payment") as EventProgram;
    reload({ ...next, events: new Map([["payment", { ...payment, schema: { ...payment.schema, fields: [...payment.schema.fields, field("late", STRING, { optional: true })] }, frameSize: payment.frameSize + 1 }]]) });
    const answered = desk.decide(first);
    assert.ok(answered.kind === "decided");
    assert.deepEqual([answered.decision.version, answered.decision.eventId, log.length], ["v2", "p1", 1]);
    reload({ ...next, events: new Map([["payment", { ...payment, schema: { ...payment.schema, fields: payment.schema.fields.slice(0, 5) } }]]) });
    const refusal = desk.decide(second);
    assert.deepEqual(refusal.kind === "refused" && refusal.refusal.violations.map(({ path }) => path), ["/risk"]);
  });
});
