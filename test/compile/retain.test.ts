import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { linkProgram, nothingLinked } from "../../src/compile/link.ts";
import type { Program } from "../../src/compile/program.ts";
import { retain } from "../../src/compile/retain.ts";
import type { ProgramIr } from "../../src/ir/ir.ts";
import { lineageOf } from "../../src/ir/lineage.ts";
import { lowerProgram } from "../../src/ir/lower.ts";
import { eventDecoder } from "../../src/types/decode.ts";
import type { Value } from "../../src/types/value.ts";
import type { Frame } from "../../src/windows/spec.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { check, link } from "../oracle/pipeline.ts";

/** Filters with what they keep of an event while they run: a function's argument, the elements of a list, rates, an entry of a list. */
const FIRST = `
event e {
  at: timestamp @time
  card: string @key
  amount: number
  paid: money
  tags: list[string]
  risk: number = 3
}
list odd: string = ["a", "b"]
rates ecb { from 2026-11-01 { 1 EUR = 2 USD } }
function far(x: number): bool = x * x > 16 and x * x < 400
feature squared = count of e by card over 1h where far(amount + risk)
feature tagged = sum of e.amount by card over 1h where tags.exists(t, t in odd or t == "z")
feature dear = count of e by card over 1h where convert(paid, USD) > 10.00 USD
feature last = last of e.amount by card over 1h where far(amount) and far(risk + 2)
`;

/** Fields in another order, one more, other lists and rates first, and none of the features but others. */
const SECOND = `
event e {
  risk: number = 3
  more: string?
  tags: list[string]
  paid: money
  amount: number
  card: string @key
  at: timestamp @time
}
list even: string = ["z"]
rates other { from 2026-11-01 { 1 EUR = 100 USD } }
rates ecb { from 2026-11-01 { 1 EUR = 2 USD } }
function near(x: number): bool = x * x < 16 or x == 5
feature closer = count of e by card over 1h where near(amount + 1) and card not in even
feature others = count of e by card over 1h where convert(paid, USD, other) > 10.00 USD
`;

function irOf(text: string, version: string): ProgramIr {
  const { checked, diagnostics } = check(text);
  assert.deepEqual(diagnostics.map(({ message }) => message), []);
  return lowerProgram(checked, version);
}

function linkBeside(ir: ProgramIr, ...earlier: readonly ProgramIr[]): Program {
  const steps = linkProgram(ir, nothingLinked(), retain(ir, earlier.map(lineageOf)));
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const START = Date.UTC(2026, 10, 21);

/** Forty events that meet every filter both ways. */
const EVENTS = Array.from({ length: 40 }, (_, n) => ({
  at: new Date(START + n * 1_000).toISOString(),
  card: `c${n % 2}`,
  amount: n,
  paid: { amount: String(n), currency: n % 3 === 0 ? "EUR" : "USD" },
  tags: n % 4 === 0 ? ["a", "x"] : n % 4 === 1 ? ["x", "z"] : ["x"],
  ...(n % 5 === 0 ? { risk: n } : {}),
}));

function send(windows: WindowStore, program: Program, events: readonly object[]): void {
  const event = program.events.get("e");
  assert.ok(event !== undefined);
  const decode = eventDecoder(event.schema);
  for (const each of events) {
    const frame: Frame = Array.from({ length: event.frameSize }, () => undefined);
    const violations: { message: string }[] = [];
    decode(each, frame, violations as never);
    assert.deepEqual(violations, []);
    windows.arrive("e", frame, frame[event.schema.time ?? -1] as number, true);
    assert.equal(frame.length, event.frameSize, "a filter keeps what it needs inside of the frame");
  }
}

/** Features by name for both cards at the end. */
function read(windows: WindowStore, { windows: plan }: Program, names: readonly string[]): unknown {
  const at = START + 3_599_000;
  return names.map((name) => {
    const number = plan.features.findIndex((spec) => spec.name === name);
    return [name, ...["c0", "c1"].map((card): unknown => windows.inspect(number, card, at) satisfies Value | object)];
  });
}

suite("features of an earlier version", () => {
  const first = irOf(FIRST, "v1");
  const second = irOf(SECOND, "v2");
  const names = first.features.map(({ name }) => name);

  test("count on while a version without them is active, over fields in another order", () => {
    const windows = new WindowStore();
    const old = link(first);
    const now = linkBeside(second, first);
    windows.adopt(old.windows);
    send(windows, old, EVENTS.slice(0, 15));
    windows.adopt(now.windows);
    send(windows, now, EVENTS.slice(15, 30));
    const back = linkBeside(first, second);
    windows.adopt(back.windows);
    send(windows, back, EVENTS.slice(30));
    const always = new WindowStore();
    always.adopt(old.windows);
    send(always, old, EVENTS);
    assert.deepEqual(read(windows, back, names), read(always, old, names));
    for (const [name, ...values] of read(always, old, names) as [string, ...unknown[]][]) assert.notDeepEqual(values, [0, 0], name);
    // Of the version between, whose features went on in their turn, all but the first fifteen events.
    const later = new WindowStore();
    const alone = link(second);
    later.adopt(alone.windows);
    send(later, alone, EVENTS.slice(15));
    assert.deepEqual(read(windows, back, ["closer", "others"]), read(later, alone, ["closer", "others"]));
  });

  test("are named apart from those that are declared, each with its newest version", () => {
    const third = irOf(SECOND.replace("feature closer", "feature squared"), "v3");
    const { retained, windows } = linkBeside(third, second, first);
    assert.deepEqual(retained.map(({ name, version }) => [name, version]), names.map((name) => [name, "v1"]));
    assert.deepEqual(windows.features.map(({ name }) => name), ["squared", "others", ...names]);
  });
});
