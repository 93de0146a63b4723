import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ProgramIr } from "../../src/ir/ir.ts";
import { analyse } from "../../src/rulesets/build.ts";
import { MAX_REMEMBERED, Memory } from "../../src/rulesets/memory.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { Report } from "../../src/text/report.ts";
import { rngOf, type Rng } from "../random.ts";

const SEED = 20_261_121;
const EDITS = 150;

const EVENTS = `event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  amount: number
  price: money?
  country: string
}
list bad: string = ["KP", "IR"]
function twice(x: number): number = x * 2
feature often = count of payment by card over 1h
feature much = sum of payment.amount by card over 1d where country not in bad
`;

/** Some with lets, which take slots; some that read features; some that name a currency. */
const CONDITIONS = ["amount > N", "often >= N", "much > N and country in bad", "twice(amount) > N", "total > N", "half > N or amount == N", "price > N.00 USD", "price > N.00 EUR", 'country == "C"', "[amount, total].exists(x, x > N)"];

/** What an edit may break. */
const BROKEN = ["rule x { when amuont > 1 then stop }", "rule x { when amount > then stop }", "}", "rule x { when amount > 1 then never }"];

function ruleset(rng: Rng, name: string, broken: boolean): string {
  const rules = Array.from({ length: 3 + rng.below(40) }, (_, i) => `  rule r${i} { when ${rng.pick(CONDITIONS).replaceAll("N", String(rng.below(500)))} then stop score ${rng.below(9)} reason R${i} "{amount} of {often}" }`);
  const lets = [rng.chance(0.7) ? "  let total = amount + much" : "  let total = amount * 3 + often", "  let half = total / 2"];
  const bad = broken ? [`  ${rng.pick(BROKEN)}`] : [];
  const tests = rng.chance(0.3) ? `test "${name}" for ${name} {\n  when payment { card: "c", amount: ${rng.below(900)}, country: "US" }\n  expect ${rng.chance(0.8) ? "score >= 0" : "outcome pass"}\n}\n` : "";
  return `import payment, bad, often, much, twice from "events.risk"\nruleset ${name} on payment {\n  outcomes pass < stop\n${[...lets, ...rules, ...bad].join("\n")}\n}\n${tests}`;
}

function edit(rng: Rng, files: Map<string, string>): void {
  const roll = rng.below(20);
  const path = `r${rng.below(5)}.risk`;
  if (roll === 0) files.set("events.risk", EVENTS.replace("1h", `${1 + rng.below(9)}h`));
  else if (roll === 1 && files.size > 3) files.delete(path);
  else if (roll === 2) files.set("events.risk", `${EVENTS}feature f${rng.below(3)} = max of payment.amount by card over 2h\n`);
  else if (roll === 3) files.set(path, `// moved\n${files.get(path) ?? ruleset(rng, path.slice(0, 2), false)}`);
  else files.set(path, ruleset(rng, path.slice(0, 2), rng.chance(0.1)));
}

/** All that a build tells of a folder. */
function told(files: ReadonlyMap<string, string>, memory?: Memory): unknown {
  const { stages: _stages, checked: _checked, suite, ...rest } = analyse(memoryReader("m", files), { verifyMs: 10_000, indexed: true }, memory);
  const places = suite?.ir.rulesets.flatMap(({ rules }) => rules.map(({ when }) => suite.origins.get(when)?.span));
  return { ...rest, tests: suite?.tests, places };
}

suite("what a build remembers", () => {
  test("changes nothing of what is built", () => {
    const rng = rngOf(SEED);
    const memory = new Memory();
    const files = new Map([["events.risk", EVENTS]]);
    for (let i = 0; i < 4; i++) files.set(`r${i}.risk`, ruleset(rng, `r${i}`, false));
    let sound = 0;
    for (let i = 0; i < EDITS; i++) {
      const [remembered, anew] = [told(files, memory), told(files)];
      assert.deepEqual(remembered, anew, `seed ${SEED}, edit ${i}`);
      if ((anew as { readonly ir: unknown }).ir !== null) sound++;
      edit(rng, files);
    }
    assert.ok(sound > EDITS / 4 && sound < EDITS, `${sound} sound`);
  });

  test("is used for rulesets whose text and surroundings are as they were", () => {
    const rng = rngOf(SEED);
    const memory = new Memory();
    const files = new Map([["events.risk", EVENTS]]);
    for (let i = 0; i < 3; i++) files.set(`r${i}.risk`, ruleset(rng, `r${i}`, false));
    const build = (): ProgramIr["rulesets"] => analyse(memoryReader("m", files), { indexed: true }, memory).ir?.rulesets ?? [];
    const same = (a: ProgramIr["rulesets"], b: ProgramIr["rulesets"]): readonly boolean[] => a.map((ruleset, i) => ruleset === b[i]);
    const first = build();
    files.set("r2.risk", ruleset(rng, "r2", false));
    const second = build();
    assert.deepEqual(same(first, second), [true, true, false]);
    files.set("events.risk", EVENTS.replace("1h", "2h"));
    assert.deepEqual(same(second, build()), [false, false, false]);
  });

  test("is nothing of a folder beyond the limit", () => {
    const memory = new Memory();
    const source = { path: "a.risk", text: `${EVENTS}// ${"x".repeat(MAX_REMEMBERED)}\n` };
    const report = new Report();
    const tree = memory.parse(source, report);
    assert.equal(memory.parse(source, report), tree);
    memory.check([tree], new Map(), report);
    assert.notEqual(memory.parse(source, report), tree);
  });
});
