import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MAX_STEPS } from "../../src/types/functions/limits.ts";
import type { Program } from "../../src/compile/program.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { RuleStates } from "../../src/engine/states.ts";
import { eventDecoder, MAX_LIST_ITEMS } from "../../src/types/decode.ts";
import type { Frame } from "../../src/windows/spec.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { compile } from "../oracle/pipeline.ts";

const HEAD = `event e { at: timestamp @time k: string @key xs: list[number] words: list[string] limit: number? n: number = 0 }
  function near(a: number, b: number): bool = a - b < 2 and b - a < 2
  function some(held: list[number], a: number): bool = held.exists(y, near(y, a))
  feature fine = count of e by k over 1h where e.xs.all(x, coalesce(x * 2, 0) < 10)`;

interface Given {
  readonly xs?: readonly number[];
  readonly words?: readonly string[];
  readonly limit?: number;
  readonly n?: number;
}

/** Decides events one after the other as a replay does; names of the rules that match each. */
function decide(program: Program, events: readonly Given[]): readonly (readonly string[])[] {
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const event = program.events.get("e");
  if (event === undefined) throw new Error("there is no event");
  const decode = eventDecoder(event.schema);
  return events.map((given, i) => {
    const frame: Frame = Array.from({ length: event.frameSize });
    const at = new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString();
    decode({ at, k: "k", xs: [], words: [], ...given }, frame, []);
    windows.arrive("e", frame, frame[0] as number, true);
    const run = { feature: (number: number) => windows.read(number), quality: (number: number) => windows.quality(number), listed: () => false };
    return evaluate(event, frame, run, frame[0] as number, new RuleStates()).decisions["r"]?.rules.map((rule) => rule.id) ?? [];
  });
}

function rules(conditions: Readonly<Record<string, string>>, lets = ""): Program {
  const each = Object.entries(conditions).map(([name, condition]) => `rule ${name} { when ${condition} then b }`);
  return compile(`${HEAD}\nruleset r on e { outcomes a < b\n${lets}\n${each.join("\n")} }`);
}

suite("what is kept while a macro runs", () => {
  test("an argument of a function that is written out belongs to one item", () => {
    const program = rules({ any: "xs.exists(x, near(x * 2, 10))", every: "xs.all(x, near(x + 1, 5))", nested: "xs.exists(x, some(xs.map(z, z + 10), x * 3))" });
    assert.deepEqual(decide(program, [{ xs: [1, 5, 9] }, { xs: [3, 4, 5] }, { xs: [4, 4, 9] }, { xs: [5, 7] }, { xs: [5, 5.5, 20] }]), [["any", "nested"], ["any", "every", "nested"], [], ["any", "nested"], ["any", "nested"]]);
  });
  test("a `let` belongs to the event, also when it is first read inside of a macro", () => {
    const program = rules({ inside: "xs.exists(x, x > total)", after: "total > 5", made: "big.size() == 2" }, "let total = coalesce(limit * 2, 7)\n let big = xs.filter(x, x > total)");
    assert.deepEqual(decide(program, [{ xs: [1, 8, 9] }, { xs: [1, 9], limit: 2 }, { xs: [1], limit: 4 }]), [["inside", "after", "made"], ["inside"], ["after"]]);
  });
  test("an item outlives neither its macro nor its event", () => {
    const program = rules({ twice: "xs.exists(x, words.all(w, w.size() == x)) and xs.exists(x, words.exists(w, w.size() == x))" });
    assert.deepEqual(decide(program, [{ xs: [1, 2], words: ["ab", "cd"] }, { xs: [1, 2], words: ["a", "bc"] }, { xs: [3], words: [] }]), [["twice"], [], []]);
  });
  test("in the filter of a window", () => {
    const program = rules({ two: "fine == 2" });
    assert.deepEqual(decide(program, [{ xs: [1, 4] }, { xs: [1, 5] }, { xs: [5, 1] }, { xs: [] }, { xs: [2] }]), [[], [], [], ["two"], []]);
  });
});

test("the identity of a window with a macro does not hang on other expressions", () => {
  const identity = (text: string): string | undefined => compile(text).windows.features.find((each) => each.name === "fine")?.identity;
  const filled = HEAD.replace("feature", "feature other = count of e by k over 1h where e.words.all(w, near(coalesce(w.size() + 1, 0), 1))\n feature");
  assert.equal(identity(filled), identity(HEAD));
  assert.equal(identity(HEAD.replaceAll(/\bx\b/g, "item")), identity(HEAD));
  assert.notEqual(identity(HEAD.replace("xs.all", "xs.exists")), identity(HEAD));
});

suite("a macro ends soon", () => {
  test(`after ${MAX_STEPS} elements it is missing`, () => {
    const some = "xs.exists(x, words.exists(w, x > n))";
    const program = rules({ some, told: `${some} is missing` });
    // No list of an event is as long: each item is visited, and then each word for it.
    const words = Array.from({ length: MAX_STEPS / MAX_LIST_ITEMS - 1 }, () => "a");
    const xs = Array.from({ length: MAX_LIST_ITEMS }, () => 0);
    const more = [...words, "b"];
    assert.deepEqual(decide(program, [{ xs, words }, { xs, words: more }, { xs: [1, ...xs.slice(1)], words: more }]), [[], ["told"], ["some"]]);
  });
  test("elements of macros inside count", () => {
    const program = rules({ told: "xs.all(x, xs.all(y, xs.all(z, x + y + z < 5))) is missing", good: "xs.all(x, xs.all(y, x + y < 5))" });
    const start = performance.now();
    assert.deepEqual(decide(program, [{ xs: Array.from({ length: MAX_LIST_ITEMS }, () => 1) }, { xs: Array.from({ length: 30 }, () => 1) }]), [["told"], ["good"]]);
    assert.ok(performance.now() - start < 1_000);
  });
});
