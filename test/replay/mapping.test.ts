import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { bindHeader, bindMapping } from "../../src/replay/bind.ts";
import { converter, type Conversion } from "../../src/replay/convert.ts";
import { parseMapping } from "../../src/replay/mapping.ts";
import { Report } from "../../src/text/report.ts";
import { BOOL, MONEY, NUMBER, STRING, TIMESTAMP, type Type } from "../../src/types/type.ts";
import { MAP, mappingFindings, programOf, run, RULES } from "./stage.ts";

suite("a mapping that is wrong", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["is no YAML", "type: [", "RSK0521"],
    ["is no mapping", "- a\n", "RSK0522"],
    ["has an unknown key", MAP.replace("fields:", "feilds:"), "RSK0522 `feilds` a mapping has no `feilds`; did you mean `fields`?"],
    ["has a field without a column", MAP.replace("note: note", "note: [a]"), "RSK0522 `note` `note` needs a column"],
    ["has two origins", MAP.replace("note: note", "note: { column: note, constant: 1 }"), "RSK0522 `note` `note` needs exactly one of"],
    ["names an unknown event", MAP.replace("type: payment", "type: paymnet"), "RSK0523 `paymnet` the rules declare no event type `paymnet`"],
    ["names no event", MAP.replace("type: payment\n", ""), "RSK0523 `` the mapping does not say which event type it makes"],
    ["names an unknown field", MAP.replace("note: note", "nots: note"), "RSK0524 `nots` `payment` has no field `nots`; did you mean `note`?"],
    ["has an unknown format", MAP.replace("note: note", "note: { column: a, format: unix_second }"), "RSK0526 `unix_second` there is no format `unix_second`; did you mean `unix_seconds`?"],
    ["has an unknown currency", MAP.replace("USD", "USX"), "RSK0526 `money USX` `USX` is not an ISO 4217 currency code"],
    ["has a format that does not fit", MAP.replace("note: note", "note: { column: a, format: percent }"), "RSK0526 `note` `note` is string, the format `percent` does not fit"],
    ["has a constant that does not fit", MAP.replace("note: note", "note: { constant: 5 }"), "RSK0526 `note` the constant does not fit `note`: expected text, found 5"],
    ["has an unknown time zone", MAP.replace("fields:", "time_zone: Mars/Base\nfields:"), "RSK0527 `Mars/Base` there is no time zone `Mars/Base`"],
    ["leaves a required field out", MAP.replace("  card: card\n", ""), "RSK0528 `` `card` of `payment` is required and has no column"],
  ];
  for (const [what, map, finding] of cases) {
    test(what, () => {
      const found = mappingFindings(map);
      assert.ok(found.some((each) => each.startsWith(finding)), found.join("\n"));
    });
  }

  test("tells of everything at once", () => {
    assert.equal(mappingFindings(MAP.replace("note: note", "x: a\n  y: b").replace("  card: card\n", "")).length, 3);
  });

  test("names a column that a file does not have, in the mapping", () => {
    const schema = programOf(RULES).events.get("payment")?.schema;
    assert.ok(schema !== undefined);
    const report = new Report();
    const binding = bindMapping(parseMapping({ path: "map.yaml", text: MAP }, report), schema, report);
    assert.ok(binding !== null);
    assert.equal(bindHeader(binding, ["time", "card", "amuont", "note"], "a.csv", report), null);
    const [found] = report.sorted();
    assert.deepEqual([found?.code, found?.help, found?.span.file], ["RSK0525", "did you mean `amuont`?", "map.yaml"]);
    assert.equal(MAP.slice(found?.span.start, found?.span.end), "amount");
  });
});

function convert(text: string, type: Type, more: Partial<Conversion> = {}): unknown {
  return converter({ type, format: null, money: null, timeZone: "UTC", ...more })(text);
}

suite("text of a column", () => {
  test("becomes what the field takes, or stays text for the validation to refuse", () => {
    const cases: readonly (readonly [unknown, string, Type, Partial<Conversion>])[] = [
      [12.5, "12.5", NUMBER, {}],
      [-1000, " -1e3 ", NUMBER, {}],
      ["0x10", "0x10", NUMBER, {}],
      ["Infinity", "Infinity", NUMBER, {}],
      ["", "", NUMBER, {}],
      [1234.5, "1.234,5", NUMBER, { format: "decimal_comma" }],
      [0.125, "12.5 %", NUMBER, { format: "percent" }],
      ["12.30 USD", "12.30", MONEY, { money: "USD" }],
      ["12.30 EUR", "12.30 EUR", MONEY, { money: "USD" }],
      ["1234.50 EUR", "1.234,50", MONEY, { money: "EUR", format: "decimal_comma" }],
      ["7 JPY", "7", { kind: "money", currency: "JPY" }, {}],
      [true, "1", BOOL, {}],
      [true, "Yes", BOOL, {}],
      [false, "0", BOOL, {}],
      [false, "FALSE", BOOL, {}],
      ["maybe", "maybe", BOOL, {}],
      ["007", "007", STRING, {}],
      ["2026-01-31T10:00:00Z", "2026-01-31T10:00:00", TIMESTAMP, {}],
      ["2026-01-31 10:00:00.5Z", "2026-01-31 10:00:00.5", TIMESTAMP, {}],
      ["2026-01-31T10:00:00-05:00", "2026-01-31T10:00:00-05:00", TIMESTAMP, {}],
      ["2026-01-31", "2026-01-31", TIMESTAMP, {}],
      ["2026-01-31T09:00:00Z", "2026-01-31 10:00:00", TIMESTAMP, { timeZone: "Europe/Berlin" }],
      ["2026-07-31T08:00:00Z", "2026-07-31T10:00:00", TIMESTAMP, { timeZone: "Europe/Berlin" }],
      ["2026-01-30T23:00:00Z", "2026-01-31", TIMESTAMP, { timeZone: "Europe/Berlin" }],
      ["2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z", TIMESTAMP, { timeZone: "Europe/Berlin" }],
      // The hour that is twice, and the one that is not there.
      ["2026-10-25T00:30:00Z", "2026-10-25T02:30:00", TIMESTAMP, { timeZone: "Europe/Berlin" }],
      ["2026-03-29T01:30:00Z", "2026-03-29T02:30:00", TIMESTAMP, { timeZone: "Europe/Berlin" }],
      ["soon", "soon", TIMESTAMP, { timeZone: "Europe/Berlin" }],
      ["2026-01-01T00:00:00Z", "1767225600", TIMESTAMP, { format: "unix_seconds" }],
      ["2026-01-01T00:00:00.250Z", "1767225600250", TIMESTAMP, { format: "unix_ms" }],
    ];
    for (const [expected, text, type, more] of cases) assert.deepEqual(convert(text, type, more), expected, `${text} as ${type.kind}`);
  });

  test("local times agree with the calendar of the platform", () => {
    const zone = "America/New_York";
    const parts = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000_000, max: 2_000_000_000 }), (seconds) => {
        const local = parts.format(seconds * 1_000);
        const read = Date.parse(String(convert(local, TIMESTAMP, { timeZone: zone })));
        // Read back, it shows the same on the clock, though in the hour that is twice not the same moment.
        assert.equal(parts.format(read), local);
      }),
    );
  });
});

test("two columns make a place", async () => {
  const rules = `event visit { at: timestamp @time place: geo }
ruleset r on visit { outcomes a < b policy worst default a rule north { when place.lat > 50 then b } }`;
  const map = "type: visit\ntime_zone: Europe/Berlin\nfields:\n  at: t\n  place: { lat: y, lon: x }\n";
  const { decisions, bad, summary } = await run({ files: { "a.csv": "t,x,y\n2026-01-01,13.4,52.5\n2026-01-02,13.4,\n" }, map, rules });
  assert.equal(decisions[0]?.decisions["r"]?.outcome, "b");
  assert.match(bad[0] ?? "", /a.csv:3 \/place: expected a place/);
  assert.equal(summary.firstAt, "2025-12-31T23:00:00Z");
});
