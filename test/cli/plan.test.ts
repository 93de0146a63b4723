import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { run as check } from "../../src/cli/check.ts";
import type { ReloadPlan } from "../../src/rulesets/status.ts";
import { dataFolder, until } from "../store/records.ts";
import { payment, RULES, rulesFolder, run as serve } from "../store/service.ts";
import { run, type Ran } from "./terminal.ts";

const CHANGED = RULES.replace("feature card_tx =", "feature card_count =").replaceAll("{card_tx}", "{card_count}").replace("card_tx >", "card_count >")
  .replace("sum of payment.amount by card over 30d", "sum of payment.amount by card over 7d");
const GROWN = `${CHANGED}feature biggest = max of payment.amount over 1d\n`;

/** The terminal's lines of a plan, without version numbers. */
function lines({ stdout }: Ran): string[] {
  return stdout.replaceAll(/\b[0-9a-f]{16}\b/g, "VERSION").trimEnd().split("\n");
}

function planOf({ stdout }: Ran): ReloadPlan {
  return (JSON.parse(stdout) as { readonly plan: ReloadPlan }).plan;
}

suite("sluice check --plan", () => {
  test("against another rules folder tells what keeps, starts and drops, with the reason", async (t) => {
    const told = await run(check, [rulesFolder(t, GROWN), "--plan", "--against", rulesFolder(t)]);
    assert.equal(told.code, 0, told.stderr);
    assert.deepEqual(lines(told).slice(-7), [
      "version VERSION in place of VERSION",
      "  keep   card_count (was card_tx)  `card_tx` had the same meaning",
      "  start  card_sum                  its window changed from 30d to 7d",
      "  start  biggest                   it is new",
      "card_sum: payment by card begins with nothing: no data folder was named",
      "biggest: payment begins with nothing: no data folder was named",
      "kept for a return: card_sum (VERSION)",
    ]);
    const back = await run(check, [rulesFolder(t), "--plan", "--against", rulesFolder(t, GROWN), "--format", "json"]);
    const plan = planOf(back);
    assert.deepEqual(plan.features.map(({ name, action, was }) => [name, action, was]), [["card_tx", "keep", "card_count"], ["card_sum", "start", null], ["biggest", "drop", null]]);
    assert.deepEqual(plan.retained.map(({ name }) => name), ["card_sum", "biggest"]);
  });

  test("against a data folder tells what would be read, also while the service runs", async (t) => {
    const [rules, data] = [rulesFolder(t), dataFolder(t)];
    const service = await serve(t, rules, data);
    for (let n = 1; n <= 30; n++) await service.post("/v1/decisions", payment(n - 100_000));
    const told = await run(check, [rulesFolder(t, GROWN), "--plan", "--data", data]);
    assert.equal(told.code, 0, told.stderr);
    const [sum, biggest] = lines(told).slice(-3, -1);
    assert.match(sum ?? "", /^card_sum: payment by card is filled from 30 events, back to the oldest of \d{4}-\S+, also for card_count, card_sum \(VERSION\)$/);
    assert.match(biggest ?? "", /^biggest: payment is filled from 30 events/);
    assert.match(lines(told).at(-1) ?? "", /^kept for a return: card_sum \(VERSION\)$/);
    const before = planOf(await run(check, [rulesFolder(t, GROWN), "--plan", "--data", data, "--format", "json"]));
    writeFileSync(join(rules, "cards.risk"), GROWN);
    await (await fetch(`${service.url}/v1/reload`, { method: "POST" })).text();
    for (let status = await service.get("/v1/status"); ; status = await service.get("/v1/status")) {
      const { plan, warming } = status.json["reload"] as { readonly plan: ReloadPlan; readonly warming: unknown };
      if (warming !== null) continue;
      assert.deepEqual(before, plan, "the service does what was told");
      break;
    }
    // The log hears of a version a moment after it has become active.
    const active = async (): Promise<boolean> => /version VERSION, which is active\n {2}keep {3}card_count {2}it means what it meant/.test(lines(await run(check, [rules, "--plan", "--data", data])).join("\n"));
    await until(active, "the log knows the version");
  });

  test("falls short where the rules, or those to compare with, have mistakes", async (t) => {
    const broken = rulesFolder(t, "list = 5\n");
    assert.equal((await run(check, [broken, "--plan", "--against", rulesFolder(t)])).code, 1);
    const other = await run(check, [rulesFolder(t), "--plan", "--against", broken]);
    assert.equal(other.code, 1);
    assert.match(other.stderr, /RSK01/);
  });

  const wrong: readonly (readonly [args: (t: TestContext) => readonly string[], RegExp])[] = [
    [(t) => [rulesFolder(t), "--plan"], /compares with `--data DIR`, a data folder, or with `--against DIR`/],
    [(t) => [rulesFolder(t), "--plan", "--data", "a", "--against", "b"], /name one of them/],
    [(t) => [rulesFolder(t), "--data", "a"], /add `--plan`/],
    [(t) => [rulesFolder(t), rulesFolder(t), "--plan", "--against", "b"], /takes one rules folder/],
    [(t) => [rulesFolder(t), "--plan", "--against", "b", "--format", "sarif"], /writes `pretty` or `json`, not `sarif`/],
    [(t) => [rulesFolder(t), "--plan", "--data", emptyFolder(t)], /the data folder `.*` cannot be read: /],
  ];
  wrong.forEach(([args, message], i) => {
    test(`says how it is used, ${i + 1}`, async (t) => {
      const told = await run(check, args(t));
      assert.equal(told.code, 2, told.stderr);
      assert.match(told.stderr, message);
    });
  });
});

function emptyFolder(t: TestContext): string {
  const folder = join(dataFolder(t), "empty");
  mkdirSync(folder, { recursive: true });
  return folder;
}
