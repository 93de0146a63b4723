import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import { join } from "node:path";
import { run as explain } from "../../src/cli/explain.ts";
import { put, temporaryFolder } from "../rulesets/folders.ts";
import { run } from "./terminal.ts";

const RULES = `event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  amount: money[USD]
  country: string?
  mail: string? @pii
}
feature payments_1h = count of payment by card over 1h
function is_far(code: string): bool = code != "DE"
ruleset cards on payment {
  outcomes allow < review < decline
  let busy = payments_1h >= 3 and amount > 50.00 USD
  rule velocity { when busy then decline reason R1 "busy" }
  rule large { when amount > 200.00 USD and is_far(country) then review }
  rule known { when mail == "a@example.org" score 1 }
  rule rare { when country == "FR" for 5m then review }
  table amounts {
    | amount            | country    => then    |
    | 10 USD..90 USD    | "FR", "IT" => review  |
    | > 150 USD         | -          => decline |
  }
}
`;

const STREAM = [
  { id: "p-1", at: "2026-03-01T10:00:00Z", card: "c", amount: "20.00 USD", country: "FR" },
  { id: "p-2", at: "2026-03-01T10:01:00Z", card: "c", amount: "100.00 USD" },
  { id: "p-3", at: "2026-03-01T10:02:00Z", card: "c", amount: "180.00 USD", country: "FR", mail: "who@example.com" },
]
  .map((event) => `${JSON.stringify(event)}\n`)
  .join("");

async function folder(t: TestContext): Promise<string> {
  const rules = temporaryFolder(t);
  await put(rules, "cards.risk", RULES);
  await put(rules, "stream.ndjson", STREAM);
  return rules;
}

suite("sluice explain", () => {
  test("tells people why the last event was decided as it was", async (t) => {
    const rules = await folder(t);
    const { code, stdout, stderr } = await run(explain, [join(rules, "stream.ndjson"), "--rules", rules]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(stdout.replace(/rules [0-9a-f]+/, "rules VERSION"), GOLDEN);
  });

  test("finds an event by its id or line, and tells of one rule", async (t) => {
    const rules = await folder(t);
    const ask = (...args: readonly string[]) => run(explain, ["-", "--rules", rules, "--rule", "large", ...args], STREAM);
    const [byId, byLine] = [await ask("--id", "p-2"), await ask("--line", "2")];
    assert.equal(byId.stdout, byLine.stdout);
    assert.match(byId.stdout, /payment p-2/);
    assert.match(byId.stdout, /✗ large {2}`amount > 200\.00 USD` is false: 100\.00 USD, 100\.00 USD from 200\.00 USD/);
    assert.ok(!byId.stdout.includes("velocity"));
    const { trace, decisions } = JSON.parse((await ask("--id", "p-3", "--format", "json")).stdout) as { trace: Record<string, { rules: { id: string; result: string }[] }>; decisions: object };
    assert.deepEqual(trace["cards"]?.rules.map(({ id, result }) => [id, result]), [["large", "not matched"]]);
    assert.deepEqual(Object.keys(decisions), ["cards"]);
  });

  test("says what it cannot explain", async (t) => {
    const rules = await folder(t);
    const ask = (input: string, ...args: readonly string[]) => run(explain, ["-", "--rules", rules, ...args], input);
    assert.match((await ask(STREAM, "--id", "p-9")).stderr, /there is no event with the id `p-9`/);
    assert.match((await ask("")).stderr, /there is no event in the input/);
    assert.match((await ask(STREAM + STREAM)).stderr, /repeats one with its id; explain that one with `--id p-3`/);
    const refused = await ask('{"id": "x"}\n');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /the event is refused: .*amount/);
    for (const args of [["--rule", "larg"], ["--id", "a", "--line", "1"], ["--line", "0"]]) assert.equal((await ask(STREAM, ...args)).code, 2);
    assert.match((await ask(STREAM, "--rule", "larg")).stderr, /did you mean `large`/);
  });
});

const GOLDEN = `payment p-3 rules VERSION

cards: decline
  because \`velocity\`, \`amounts\` row 2 matched

  ✓ velocity  its condition holds
    busy                                       true
      payments_1h >= 3 and amount > 50.00 USD  true
        payments_1h >= 3                       true
          payments_1h                          3 (since 2026-03-01T10:00:00Z, 3 % of the window)
        amount > 50.00 USD                     true
          amount                               180.00 USD
    would not match if \`amount\` were 50.00 USD instead of 180.00 USD
    would not match if the feature \`payments_1h\` were 2 instead of 3

  ✓ amounts row 2  its condition holds
    amount > 150 USD  true
      amount          180.00 USD
    would not match if \`amount\` were 150.00 USD instead of 180.00 USD

  ✗ large  \`amount > 200.00 USD\` is false: 180.00 USD, 20.00 USD from 200.00 USD
    amount > 200.00 USD and is_far(country)  false
  ▸   amount > 200.00 USD                    false
        amount                               180.00 USD
      is_far(country)                        true
        code != "DE"                         true
          code                               "FR"
    would match if \`amount\` were 200.01 USD instead of 180.00 USD

  ✗ known  \`mail == "a@example.org"\` is false: ***
  ▸ mail == "a@example.org"  false
      mail                   ***
    would match if \`mail\` were "a@example.org" instead of ***

  · rare  held: its condition holds, but not yet for 5m (since 2026-03-01T10:00:00Z, 2m)
    country == "FR"  true
      country        "FR"

  ✗ amounts row 1  \`amount in 10 USD..90 USD\` is false: 180.00 USD, 90.00 USD from 90.00 USD
    | 10 USD..90 USD | "FR", "IT" => review |  false
  ▸   amount in 10 USD..90 USD                 false
        amount                                 180.00 USD
      country: "FR", "IT"                      true
        country == "FR"                        true
          country                              "FR"
        country == "IT"                        false
          country                              "FR"
    would match if \`amount\` were 90.00 USD instead of 180.00 USD
`;
