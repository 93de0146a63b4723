import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { eventDecoder, MAX_LIST_ITEMS, MAX_VIOLATIONS, pointer, type Target } from "../../src/types/decode.ts";
import type { EventSchema, FieldSchema, Violation } from "../../src/types/schema.ts";
import { BOOL, CIDR, DURATION, IP, MONEY, NUMBER, STRING, TIMESTAMP, type Type } from "../../src/types/type.ts";
import { parseUnit, type Unit } from "../../src/types/unit.ts";
import { Missing, type Money } from "../../src/types/value.ts";

function field(name: string, type: Type, more: Partial<FieldSchema> = {}): FieldSchema {
  return { name, type, optional: false, default: null, range: null, key: false, pii: false, doc: null, ...more };
}

function decode(fields: readonly FieldSchema[], event: unknown): { readonly target: Target; readonly violations: readonly Violation[] } {
  const schema: EventSchema = { name: "e", doc: null, fields, id: null, time: null };
  const target: Target = [];
  const violations: Violation[] = [];
  eventDecoder(schema)(event, target, violations);
  return { target, violations };
}

interface Row {
  readonly type: Type;
  readonly good: readonly (readonly [json: unknown, value: unknown])[];
  /** With the path of what is wrong, from the field on. */
  readonly bad: readonly (readonly [json: unknown, path: string])[];
}

const LIST: Type = { kind: "list", element: MONEY };
const MAP: Type = { kind: "map", key: STRING, value: NUMBER };

const ROWS: readonly Row[] = [
  { type: NUMBER, good: [[0, 0], [-1.5, -1.5], [1e308, 1e308]], bad: [["1", ""], [true, ""], [Infinity, ""], [Number.NaN, ""], [[], ""]] },
  { type: STRING, good: [["", ""], ["é😀", "é😀"], ["__proto__", "__proto__"]], bad: [[1, ""], ["\ud800", ""], ["a\udc00", ""], [{}, ""]] },
  { type: BOOL, good: [[true, true], [false, false]], bad: [["true", ""], [0, ""], [1, ""]] },
  {
    type: MONEY,
    good: [["12.30 USD", { minor: 1_230, currency: "USD" }], [{ amount: "12.30", currency: "USD" }, { minor: 1_230, currency: "USD" }], [{ amount: "-5", currency: "JPY" }, { minor: -5, currency: "JPY" }]],
    bad: [[12.3, ""], ["12.30", ""], ["12,30 USD", ""], [{ amount: 12.3, currency: "USD" }, ""], [{ amount: "1" }, ""], [{ amount: "1", currency: "USD", more: 1 }, ""], ["1.234 USD", ""]],
  },
  { type: { kind: "money", currency: "USD" }, good: [["1 USD", { minor: 100, currency: "USD" }]], bad: [["1 EUR", ""]] },
  { type: TIMESTAMP, good: [["2026-01-31T09:30:00.250+01:00", Date.UTC(2026, 0, 31, 8, 30, 0, 250)]], bad: [["2026-01-31T09:30:00", ""], ["2026-02-30", ""], [1_700_000_000, ""]] },
  { type: DURATION, good: [["1h30m", 5_400_000]], bad: [[5, ""], ["5", ""], ["PT5M", ""]] },
  { type: IP, good: [], bad: [["10.0.0.256", ""], [167_772_161, ""], ["", ""]] },
  { type: CIDR, good: [], bad: [["10.0.0.0/33", ""], ["10", ""]] },
  { type: { kind: "geo" }, good: [[{ lat: -90, lon: 180 }, { lat: -90, lon: 180 }]], bad: [[{ lat: 91, lon: 0 }, "/lat"], [{ lat: 0, lon: -180.1 }, "/lon"], [{ lat: 0 }, ""], [{ lat: 0, lon: 0, alt: 1 }, ""], [[0, 0], ""], [{ lat: Number.NaN, lon: 0 }, "/lat"]] },
  { type: { kind: "enum", members: ["pos", "ecom"] }, good: [["pos", "pos"]], bad: [["POS", ""], ["", ""], ["constructor", ""], [1, ""]] },
  { type: LIST, good: [[[], []], [["1 USD"], [{ minor: 100, currency: "USD" }]]], bad: [["1 USD", ""], [["1 USD", "x", 3], "/1"], [{ 0: "1 USD" }, ""]] },
  {
    type: MAP,
    good: [[{}, new Map()], [JSON.parse('{"a/b":1,"__proto__":2}'), new Map([["a/b", 1], ["__proto__", 2]])]],
    bad: [[[], ""], [{ "a/b": "x" }, "/a~1b"], [{ "~": "x" }, "/~0"], [JSON.parse('{"__proto__":"x"}'), "/__proto__"]],
  },
];

suite("a declared range", () => {
  const celsius: Type = { kind: "number", unit: parseUnit("degC") as Unit };
  const usd = (minor: number): Money => ({ minor, currency: "USD" });
  const rows: readonly (readonly [Type, NonNullable<FieldSchema["range"]>, readonly unknown[], readonly (readonly [unknown, string])[]])[] = [
    [celsius, { low: -50, high: 150 }, [-50, 0, 150], [[150.1, "expected a value from -50degC to 150degC, found 150.1degC"], [-51, "expected a value from -50degC to 150degC, found -51degC"]]],
    [{ kind: "money", currency: "USD" }, { low: usd(0), high: usd(100_000) }, ["0 USD", "1000.00 USD"], [["1000.01 USD", "expected a value from 0.00 USD to 1000.00 USD, found 1000.01 USD"], ["1 EUR", "expected an amount in USD, found EUR"]]],
    [DURATION, { low: 0, high: 60_000 }, ["0s", "1m"], [["61s", "expected a value from 0s to 1m, found 1m1s"]]],
    [TIMESTAMP, { low: 0, high: 1_000 }, ["1970-01-01T00:00:01Z"], [["1970-01-01T00:00:01.001Z", "expected a value from 1970-01-01T00:00:00Z to 1970-01-01T00:00:01Z, found 1970-01-01T00:00:01.001Z"]]],
  ];
  for (const [type, range, good, bad] of rows) {
    test(JSON.stringify(type), () => {
      for (const json of good) assert.deepEqual(decode([field("f", type, { range })], { f: json }).violations, []);
      for (const [json, message] of bad) assert.deepEqual(decode([field("f", type, { range })], { f: json }).violations, [{ path: "/f", message }]);
    });
  }
  test("asks nothing of a field that is absent", () => {
    assert.deepEqual(decode([field("f", NUMBER, { range: { low: 1, high: 2 }, optional: true })], {}).violations, []);
  });
});

test("a list or an object has at most so many items", () => {
  const items = (count: number): number[] => Array.from({ length: count }, () => 1);
  const entries = (count: number): Record<string, number> => Object.fromEntries(items(count).map((one, i) => [`k${i}`, one]));
  const fields = [field("l", { kind: "list", element: NUMBER }), field("m", MAP)];
  assert.deepEqual(decode(fields, { l: items(MAX_LIST_ITEMS), m: entries(MAX_LIST_ITEMS) }).violations, []);
  assert.deepEqual(decode(fields, { l: items(MAX_LIST_ITEMS + 1), m: entries(MAX_LIST_ITEMS + 1) }).violations, [
    { path: "/l", message: "a list has at most 1000 items, found 1001" },
    { path: "/m", message: "an object has at most 1000 entries, found 1001" },
  ]);
});

suite("each type", () => {
  for (const { type, good, bad } of ROWS) {
    test(JSON.stringify(type), () => {
      for (const [json, value] of good) assert.deepEqual(decode([field("f", type)], { f: json }), { target: [value], violations: [] });
      for (const [json, path] of bad) {
        const { violations } = decode([field("f", type)], { f: json });
        assert.equal(violations[0]?.path, `/f${path}`, JSON.stringify(json));
        assert.match(violations[0]?.message ?? "", /^\S.*[^.]$/s);
      }
    });
  }
  test("addresses and blocks hold their bits", () => {
    const { target } = decode([field("a", IP), field("b", CIDR)], { a: "::ffff:10.0.0.1", b: "10.0.0.0/8" });
    assert.deepEqual(target, [{ text: "10.0.0.1", bits: 0x0a00_0001n, version: 4 }, { text: "10.0.0.0/8", first: 0x0a00_0000n, last: 0x0aff_ffffn, version: 4 }]);
  });
});

suite("an event", () => {
  test("every violation is told, each at its path", () => {
    const fields = [field("a", NUMBER), field("b/c", LIST), field("d", STRING), field("e", STRING, { optional: true })];
    const { violations } = decode(fields, { a: "x", "b/c": ["1 USD", 2, "y"], e: 5, f: 1, "~g": 2 });
    assert.deepEqual(violations.map((each) => each.path), ["/a", "/b~1c/1", "/b~1c/2", "/d", "/e", "/f", "/~0g"]);
  });
  test("absent and null: missing where optional, the default where there is one, else a violation", () => {
    const fields = [field("a", NUMBER, { optional: true }), field("b", NUMBER, { default: { value: 7 } })];
    for (const event of [{}, { a: null, b: null }]) {
      const { target, violations } = decode(fields, event);
      assert.deepEqual(violations, []);
      assert.ok(target[0] instanceof Missing);
      assert.equal(target[0].cause, "field a");
      assert.equal(target[1], 7);
    }
    assert.deepEqual(decode([field("a", NUMBER)], { a: null }).violations.map((each) => each.path), ["/a"]);
  });
  test("names of every object's prototype are fields like others", () => {
    const fields = [field("constructor", STRING, { optional: true }), field("toString", STRING, { optional: true }), field("__proto__", STRING, { optional: true })];
    const empty = decode(fields, {});
    assert.deepEqual(empty.violations, []);
    assert.ok(empty.target.every((value) => value instanceof Missing));
    assert.deepEqual(decode(fields, JSON.parse('{"constructor":"a","toString":"b","__proto__":"c"}')).target, ["a", "b", "c"]);
    assert.deepEqual(decode([], JSON.parse('{"__proto__":{"a":1}}')).violations.map((each) => each.path), ["/__proto__"]);
  });
  test("is an object", () => {
    for (const event of [null, [], "x", 5, true, undefined]) assert.equal(decode([field("a", NUMBER)], event).violations[0]?.path, "");
  });
  test(`at most ${MAX_VIOLATIONS} violations are told`, () => {
    const event = Object.fromEntries(Array.from({ length: MAX_VIOLATIONS + 10 }, (_, i) => [`x${i}`, 1]));
    assert.equal(decode([], event).violations.length, MAX_VIOLATIONS);
    const exactly = Object.fromEntries(Array.from({ length: MAX_VIOLATIONS - 1 }, (_, i) => [`x${i}`, 1]));
    assert.equal(decode([], exactly).violations.length, MAX_VIOLATIONS - 1);
  });
  test("long texts of senders are cut", () => {
    const { violations } = decode([field("a", NUMBER)], { a: "y".repeat(10_000), ["z".repeat(10_000)]: 1 });
    assert.ok(violations.every((each) => each.message.length < 200));
  });
});

test("JSON pointers escape as RFC 6901 says", () => {
  for (const [name, escaped] of [["a/b", "a~1b"], ["m~n", "m~0n"], ["~1", "~01"], ["", ""], ["c%d", "c%d"]] as const) assert.equal(pointer(name), escaped);
});
