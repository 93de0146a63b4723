import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ProgramIr, RuleIr } from "../../src/ir/ir.ts";
import { type RuleStore, SharedRules } from "../../src/ir/pack.ts";
import { analyse } from "../../src/rulesets/build.ts";
import { MAX_REMEMBERED, Memory } from "../../src/rulesets/memory.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { sharedProgram } from "../../src/rulesets/share.ts";
import { Report } from "../../src/text/report.ts";
import { rngOf, type Rng } from "../random.ts";
import { edited, EVENTS, file } from "./edits.ts";

const SEED = 20_261_121;
const EDITS = 250;
const FILES = 4;
/** Most have an index then. */
const RULES = 40;

function edit(rng: Rng, files: Map<string, string>, sound: ReadonlyMap<string, string>): void {
  const roll = rng.below(40);
  const path = `r${rng.below(FILES + 1)}.risk`;
  const there = files.get(path);
  if (roll === 0) files.set("events.risk", EVENTS.replace("1h", `${1 + rng.below(9)}h`));
  else if (roll === 1 && files.size > 3) files.delete(path);
  else if (roll === 2) files.set("events.risk", `${EVENTS}feature f${rng.below(3)} = max of payment.amount by card over 2h\n`);
  else if (roll === 3 || there === undefined) files.set(path, file(rng, path.slice(0, 2), RULES));
  else files.set(path, edited(rng, there));
  // What is broken is mended soon, or nothing would ever be remembered.
  if (!rng.chance(0.4)) return;
  files.clear();
  for (const [each, text] of sound) files.set(each, text);
}

/** All that a build tells of a folder. */
function told(files: ReadonlyMap<string, string>, memory?: Memory): { readonly ir: ProgramIr | null; readonly told: unknown } {
  const { stages: _stages, checked: _checked, suite, ...rest } = analyse(memoryReader("m", files), { verifyMs: 10_000, indexed: true }, memory);
  const places = suite?.ir.rulesets.flatMap(({ rules }) => rules.map(({ when }) => suite.origins.get(when)));
  const shared = rest.ir === null ? null : sharedProgram(rest.ir, memory).rulesets.map(({ rules, matching }) => ({ rules: "bytes" in rules ? rulesOf(new SharedRules(rules)) : rules, matching }));
  return { ir: rest.ir, told: { ...rest, tests: suite?.tests, places, shared } };
}

function rulesOf(store: RuleStore): readonly RuleIr[] {
  return Array.from({ length: store.size }, (_, place) => ({ ...store.face(place), ...store.condition(place), origins: store.origins(place) }));
}

suite("what a build remembers", () => {
  test("changes nothing of what is built", () => {
    const rng = rngOf(SEED);
    const memory = new Memory();
    const files = new Map([["events.risk", EVENTS]]);
    do for (let i = 0; i < FILES; i++) files.set(`r${i}.risk`, file(rng, `r${i}`, RULES));
    while (told(files).ir === null);
    let last = new Map(files);
    let sound = 0;
    for (let i = 0; i < EDITS; i++) {
      const [remembered, anew] = [told(files, memory), told(files)];
      assert.deepEqual(remembered.told, anew.told, `seed ${SEED}, edit ${i}`);
      if (anew.ir !== null) {
        sound++;
        last = new Map(files);
      }
      edit(rng, files, last);
    }
    assert.ok(sound > EDITS / 4 && sound < EDITS, `${sound} sound`);
  });

  test("is used for rules whose text and surroundings are as they were", () => {
    const rng = rngOf(SEED);
    const memory = new Memory();
    const files = new Map([["events.risk", EVENTS]]);
    const rules = Array.from({ length: 50 }, (_, i) => `  rule r${i} { when amount > ${i} and total > ${i} then stop }`);
    const write = (): void => void files.set("r.risk", `import payment from "events.risk"\nruleset r on payment {\n  outcomes pass < stop\n  let total = amount * 2\n${rules.join("\n")}\n}\n`);
    const build = (): readonly RuleIr[] => analyse(memoryReader("m", files), {}, memory).ir?.rulesets[0]?.rules ?? [];
    write();
    let before = build();
    const fresh = (): readonly string[] => {
      write();
      const now = build();
      const made = now.filter(({ when }) => before.every((rule) => rule.when !== when)).map(({ id }) => id);
      before = now;
      return made;
    };
    rules[20] = "  rule r20 { when amount > 2000 then stop }";
    assert.deepEqual(fresh(), ["r20"]);
    rules.splice(30, 0, "  rule added { when total > 1 then stop }");
    assert.deepEqual(fresh(), ["added"]);
    rules.splice(10, 5);
    assert.deepEqual(fresh(), []);
    // The first that reads the let gives it its slot.
    rules.splice(0, 1);
    assert.deepEqual(fresh(), ["r1"]);
    rules[0] = "  rule r1 { when amount > 7 and total > 7 then stop }";
    assert.deepEqual(fresh(), ["r1"]);
    rules.push(`  rule last { when amount == ${rng.below(9)} then stop }`);
    assert.deepEqual(fresh(), ["last"]);
  });

  test("is used for rulesets whose text and surroundings are as they were", () => {
    const rng = rngOf(SEED);
    const memory = new Memory();
    const files = new Map([["events.risk", EVENTS]]);
    for (let i = 0; i < 3; i++) files.set(`r${i}.risk`, file(rng, `r${i}`, RULES));
    const build = (): ProgramIr["rulesets"] => analyse(memoryReader("m", files), { indexed: true }, memory).ir?.rulesets ?? [];
    const same = (a: ProgramIr["rulesets"], b: ProgramIr["rulesets"]): readonly boolean[] => a.map((ruleset, i) => ruleset === b[i]);
    const first = build();
    files.set("r2.risk", file(rng, "r2", RULES));
    const second = build();
    assert.deepEqual(same(first, second).slice(0, 2), [true, true]);
    assert.equal(second.some((ruleset, i) => ruleset.name === "r2" && ruleset === first[i]), false);
    files.set("events.risk", EVENTS.replace("1h", "2h"));
    assert.ok(same(second, build()).every((each) => !each));
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
