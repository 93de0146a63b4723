import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { check } from "../oracle/pipeline.ts";

const HEAD = `event payment { at: timestamp @time card: string @key @pii amount: money country: string? place: geo items: number }
event keyless { at: timestamp @time n: number }
list blocked: string managed ttl 30d
list fixed: string = ["a"]
`;

/** The findings in a ruleset of these items, each with the text that it points at. */
function findings(items: string, event = "payment"): readonly string[] {
  const text = `${HEAD}ruleset r on ${event} {\n outcomes allow < review < decline\n${items}\n}\n`;
  return check(text).diagnostics.map(({ code, span, message }) => `${code} <${text.slice(span.start, span.end)}> ${message}`);
}

const rule = (clauses: string): readonly string[] => findings(`rule a { when items > 1 then review ${clauses} }`);

function one(found: readonly string[], pattern: RegExp): void {
  assert.equal(found.length, 1, found.join("\n"));
  assert.match(found[0] ?? "", pattern);
}

suite("clauses of rules", () => {
  test("what is right has no findings", () => {
    assert.deepEqual(rule(`notice N1 "call us" do add card to blocked for 24h do remove card from blocked do emit x { a: items, b: mask(card) }
      cooldown 15m by card, country on missing decline mode shadow rollout 12.5% active from 2026-01-01 until 2026-01-01 owner "me" review by 2027-01-01 was b, c`), []);
    assert.deepEqual(findings('owner "team" policy unique rule a { when items > 1 for 5m clear when items < 1 for 2m by card then review } rule b { when items > 1 do emit x }'), []);
  });

  test("state goes by keys that the event has", () => {
    one(findings("rule a { when n > 1 for 5m then review }", "keyless"), /^RSK0431 <for 5m>/);
    one(findings("rule a { when n > 1 then review cooldown 5m }", "keyless"), /^RSK0431 <cooldown 5m>/);
    one(findings("rule a { when n > 1 then review rollout 5% }", "keyless"), /^RSK0431 <rollout 5%>/);
    one(rule("cooldown 5m by crad"), /^RSK0406 <crad>/);
    one(rule("rollout 5% by place"), /^RSK0402 <place> `place` is geo/);
    one(rule("rollout 5% by card, card"), /^RSK0404 <card>/);
    one(findings("rule a { when items > 1 for 5m by card clear when items < 1 for 5m by country then review }"), /^RSK0435 <for 5m by country>/);
    one(findings("table t { clear when items < 1 | items => then |\n | > 1 => review |\n }"), /^RSK0435 <clear when items < 1> there is no `when`/);
  });

  test("durations, shares, times and modes are what they must be", () => {
    one(rule("cooldown 0s"), /^RSK0410 <0s> a cooldown must be longer/);
    one(rule("cooldown 5km"), /^RSK0410 <5km>/);
    one(findings("rule a { when items > 1 for 4000d then review }"), /^RSK0410 <4000d>/);
    one(rule("rollout 101% by card"), /^RSK0433 <101%>/);
    one(rule("rollout 5m by card"), /^RSK0433 <5m>/);
    one(rule("active from 2026-02-01 until 2026-01-31"), /^RSK0434 <2026-01-31>/);
    one(rule("active until 2026-02-30"), /^RSK0208 <2026-02-30>/);
    one(rule("review by 2026-13-01"), /^RSK0208 <2026-13-01>/);
    one(rule("mode shaddow"), /^RSK0432 <shaddow>/);
    one(rule("mode disabled"), /^RSK0432 <disabled>/);
    one(rule("on missing reviwe"), /^RSK0312 <reviwe>/);
  });

  test("an earlier name is nobody else's", () => {
    one(rule("was a"), /^RSK0437 <a> `a` is what it is called now/);
    one(findings("rule a { when items > 1 then review was b } rule b { when items > 2 then review }"), /^RSK0437 <b> `b` is the name of another rule/);
    one(findings("rule a { when items > 1 then review was c } rule b { when items > 2 then review was c }"), /^RSK0437 <c> the earlier name `c` is claimed twice/);
    one(rule("was c, c"), /^RSK0437 <c>/);
  });

  test("effects name managed lists and values of their type, and show nothing private", () => {
    one(rule("do add card to fixed"), /^RSK0436 <fixed> the entries of `fixed` stand in the rules/);
    one(rule("do add card to blokced"), /^RSK0436 <blokced> there is no list/);
    one(rule("do add amount to blocked"), /^RSK0436 <amount> `blocked` holds string, this is money/);
    one(rule("do remove items from blocked"), /^RSK0436 <items>/);
    one(rule("do add card to blocked for 0s"), /^RSK0410 <0s>/);
    one(rule("do emit x { a: items, a: items }"), /^RSK0404 <a>/);
    one(rule("do emit x { a: card }"), /^RSK0417 <card> what is emitted shows `card`/);
    one(rule("do emit x { a: payment }"), /^RSK0202 <payment>/);
    one(rule("do emit x { a: unheard }"), /^RSK0301 <unheard>/);
  });

  test("clauses stand once, but for `do`", () => {
    one(rule("mode live mode off"), /^RSK0404 <mode off>/);
    one(rule("on missing match on missing no match"), /^RSK0404 <on missing no match> `on missing` is given twice/);
    one(rule("review by 2027-01-01 review by 2027-01-02"), /^RSK0404 .*`review by` is given twice/);
  });

  test("a rule that only does something is no rule without effect", () => {
    assert.deepEqual(findings("rule a { when items > 1 do add card to blocked }"), []);
    assert.deepEqual(findings("rule a { when items > 1 on missing review }"), []);
    one(findings("rule a { when items > 1 notice N1 }"), /^RSK0416 <a>/);
  });
});

suite("tables", () => {
  const table = (rows: string, head = "t"): readonly string[] => findings(`table ${head} {\n${rows}\n}`);

  test("rows have a cell for each column and a value for each output", () => {
    one(table("| items | country => then |\n| > 1 => review |"), /^RSK0430 <\| > 1 => review \|> this row has 1 cell, the table has 2 columns/);
    one(table("| items => then | score |\n| > 1 => review |"), /^RSK0430 .* has 1 result, the table has 2 result columns/);
  });

  test("columns after the arrow are known and different", () => {
    one(table("| items => then | scroe |\n| > 1 => review | - |"), /^RSK0438 <scroe>/);
    one(table("| items => then | then |\n| > 1 => review | allow |"), /^RSK0404 <then>/);
    one(table("| items => then |\n| > 1 => reveiw |"), /^RSK0312 <reveiw>/);
    one(table("| items => score |\n| > 1 => country |"), /^RSK0201 <country>/);
  });

  test("cells fit their columns, and a mistake in a column is told once", () => {
    one(table("| amount => then |\n| > 1000 => review |"), /^RSK0203 <1000> `amount` is money/);
    one(table("| items => then |\n| 1, 2, \"x\" => review |"), /^RSK0203 <"x">/);
    one(table("| place => then |\n| > 3 => review |"), /^RSK020\d </);
    one(table("| country => then |\n| in unheard => review |"), /^RSK0301 <unheard>/);
    one(table("| contry => then |\n| \"US\" => review |\n| \"CA\" => decline |"), /^RSK0301 <contry>/);
    assert.deepEqual(table("| amount | country | items + 1 => then |\n| 1 USD..9 USD | in fixed, not in [\"b\"], is missing | - => review |\n| > 5 EUR | - | 1..3, > 9 => - |"), []);
  });

  test("policies and names", () => {
    one(table("| items => then |\n| > 1 => review |", "t frist"), /^RSK0413 <frist> there is no policy `frist` for tables/);
    one(table("| items => then |\n| > 1 => review |", "t worst"), /^RSK0413 <worst>/);
    one(findings("table t { | items => then |\n | > 1 => review |\n }\nrule t { when items > 2 then review }"), /^RSK0304 <t>/);
    one(table("| items => reason |\n| > 1 => R1 |"), /^RSK0416 <t> the table `t` changes nothing/);
  });

  test("a cell may have thousands of alternatives", () => {
    const many = Array.from({ length: 5_000 }, (_, i) => String(i)).join(", ");
    assert.deepEqual(table(`| items => then |\n| ${many} => review |`), []);
  });
});
