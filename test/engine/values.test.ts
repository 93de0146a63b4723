import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { compile } from "../oracle/pipeline.ts";

/* Units, ranges, rates and the newer aggregates, from the text of rules to a decision. */

const RULES = `
rates ecb {
  from 2016-12-30 { 1 EUR = 1.0541 USD, 1 EUR = 123.40 JPY }
  from 2017-12-29 { 1 EUR = 1.1993 USD, 1 EUR = 135.01 JPY }
}
rates own from "own.csv"
event reading {
  at: timestamp @time
  device: string @key
  temperature: number[degC] in -50degC..150degC
  price: money
  cap: money[USD]? in 0 USD..100 USD
}
event ping { price: money }
feature warmed = change of reading.temperature by device over 1h
feature spread = stddev of reading.temperature by device over 1h
feature typical = percentile(50) of reading.temperature by device over 1h
feature start = first of reading.temperature by device over 1h
feature climb = rate of reading.temperature by device over 1h
feature often = rate of reading by device over 10s
feature dear = count of reading by device over 1h where convert(price, USD, ecb) > 11 USD
feature prices = percentile(95) of reading.price by device over 1h
function dollars(m: money): money[USD] = convert(m, USD, ecb)
ruleset machine on reading {
  outcomes ok < alarm
  rule hot { when warmed > 15degC and typical + 5degC > start.value then alarm reason A "{warmed} from {start.value}, {climb}, {spread}, {often}" }
  rule paid { when dollars(price) > 11 USD and convert(price, USD, own) > 0 USD score 1 reason B "{dollars(price)} {convert(price, EUR, ecb)} {convert(price, JPY, ecb)}" }
}
ruleset pings on ping {
  outcomes ok < alarm
  rule paid { when price > 0 EUR score 1 reason B "{convert(price, USD, ecb)}" }
  rule lost { when convert(price, SEK, ecb) is missing score 1 }
}`;

const OWN = "# ours\n2016-01-01,EUR,USD,1.1\n2016-01-01,JPY,USD,0.01\n";

function desk(): (type: string, event: Record<string, unknown>) => ReturnType<Desk["decide"]> {
  const program = compile(RULES, "v1", new Map([["own.csv", OWN]]));
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const clock = { now: () => Date.UTC(2016, 0) };
  const each = new Desk({ active: () => program, windows, lists: new ManagedLists(clock), clock });
  return (type, event) => each.decide({ type, event, explain: true, version: null });
}

function decided(answer: ReturnType<Desk["decide"]>) {
  assert.equal(answer.kind, "decided", JSON.stringify(answer));
  return answer.decision;
}

function reasons(answer: ReturnType<Desk["decide"]>, ruleset: string): readonly unknown[] {
  return decided(answer).decisions[ruleset]?.rules.map(({ reason }) => reason?.text) ?? [];
}

function reading(time: string, temperature: number, price = "1 EUR"): Record<string, unknown> {
  return { at: `${time}Z`, device: "d", temperature, price };
}

suite("aggregates of temperatures", () => {
  test("yield temperatures or differences, printed with their units", () => {
    const decide = desk();
    decide("reading", reading("2018-01-01T00:00:00", 20));
    decide("reading", reading("2018-01-01T00:00:05", 30));
    const answer = decide("reading", reading("2018-01-01T00:00:10", 40));
    const { features = {} } = decided(answer);
    assert.deepEqual([features["warmed"], features["spread"], features["typical"], features["climb"], features["often"]], [20, 10, 30, 2, 0.2]);
    assert.deepEqual(features["start"], { value: 20, at: "2018-01-01T00:00:00Z" });
    assert.deepEqual(reasons(answer, "machine"), ["20degC from 20degC, 2degC/s, 10degC, 0.2Hz"]);
    assert.deepEqual(features["prices"], { amount: "1.00", currency: "EUR" });
  });
});

suite("convert", () => {
  test("goes by the edition of the event's time", () => {
    const decide = desk();
    assert.deepEqual(reasons(decide("reading", reading("2018-01-01T00:00:00", 0, "10.00 EUR")), "machine"), ["11.99 USD 10.00 EUR 1350 JPY"]);
    assert.deepEqual(reasons(decide("reading", reading("2017-12-28T23:59:59", 0, "11.00 EUR")), "machine"), ["11.60 USD 11.00 EUR 1357 JPY"]);
    assert.deepEqual(reasons(decide("reading", reading("2017-01-01T00:00:00", 0, "10.00 EUR")), "machine"), []);
    assert.deepEqual(reasons(decide("reading", reading("2016-12-29T23:59:59", 0, "10.00 EUR")), "machine"), [], "before all editions");
    assert.deepEqual(reasons(decide("reading", reading("2018-01-01T00:00:00", 0, "2000 JPY")), "machine"), ["17.77 USD 14.81 EUR 2000 JPY"], "by way of the euro");
  });
  test("in the filter of a window goes by the time of the event that is counted", () => {
    const decide = desk();
    decide("reading", reading("2017-12-28T23:30:00", 0, "10.00 EUR"));
    const answer = decide("reading", reading("2017-12-29T00:00:00", 0, "10.00 EUR"));
    assert.equal(decided(answer).features?.["dear"], 1);
  });
  test("without a time field goes by the newest edition, and without a rate is missing", () => {
    const { decisions } = decided(desk()("ping", { price: "10.00 EUR" }));
    assert.deepEqual(decisions["pings"]?.rules.map(({ id, reason }) => [id, reason?.text]), [["paid", "11.99 USD"], ["lost", undefined]]);
  });
});

suite("a declared range", () => {
  test("refuses an event outside of it, with the field and what is allowed", () => {
    const answer = desk()("reading", { ...reading("2018-01-01T00:00:00", 151), cap: "100.01 USD" });
    assert.equal(answer.kind, "refused");
    assert.equal(answer.refusal.code, "event_invalid");
    assert.deepEqual(answer.refusal.violations, [
      { path: "/temperature", message: "expected a value from -50degC to 150degC, found 151degC" },
      { path: "/cap", message: "expected a value from 0.00 USD to 100.00 USD, found 100.01 USD" },
    ]);
  });
  test("lets both its ends in", () => {
    const decide = desk();
    for (const temperature of [-50, 150]) decided(decide("reading", { ...reading("2018-01-01T00:00:00", temperature), cap: "0 USD" }));
  });
});
