import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkSources } from "../../src/rulesets/check.ts";
import type { Diagnostic } from "../../src/text/diagnostic.ts";
import { applyFixes } from "../../src/text/fix.ts";

/*
 * What people get wrong every day: one finding, under the right text, with a fix after which the whole file is valid.
 */

const VALID = `event payment {
  id: string @id
  at: timestamp @time
  amount: money
  items: number
  weight: number[kg]
  card: string @key
  country: string?
  email: string
  channel: enum(pos, ecom, moto)
  threeds: bool
}
list blocked: string managed ttl 30d
feature tries_10m = count of payment by card over 10m
ruleset checks on payment {
  outcomes allow < review < decline
  policy worst
  default allow
  thresholds review at 50, decline at 80
  let large = amount > 500.00 EUR
  rule first "First" {
    when items > 5 and threeds
    then review
    score 10
    reason R1 "{items} items"
  }
  rule second {
    when tries_10m > 3 and large
    then decline
    tags velocity, burst
  }
  table limits "Limits" first {
    | items | channel   => then    | score |
    | > 10  | ecom      => decline | 40    |
    | 5..9  | pos, moto => review  | -     |
  }
}
test "many items" for checks {
  given payment { amount: 1.00 EUR, items: 6, threeds: true } at -5m repeat 2 every 1m
  when payment { amount: 1.00 EUR, items: 6, threeds: true }
  expect outcome review
}
`;

/** `from` is what the valid file says, `to` the mistake, `marked` the text under the carets; `fixed` where it is not `from`. */
type Case = readonly [name: string, from: string, to: string, code: string, marked: string, fixed?: string];

/** What is wrong; what is only doubtful has warnings of its own. */
function errors(text: string): readonly Diagnostic[] {
  return checkSources([{ path: "a.risk", text }]).diagnostics.filter(({ severity }) => severity === "error");
}

function findings(text: string): readonly string[] {
  return errors(text).map(({ code, message, span }) => `${code} ${message} [${text.slice(span.start, span.end)}]`);
}

function check([name, from, to, code, marked, fixed = from]: Case): void {
  test(`${name}: ${to.trim().replaceAll("\n", "⏎")}`, () => {
    assert.ok(VALID.includes(from), "the valid file has the text");
    const text = VALID.replace(from, () => to);
    const diagnostics = errors(text);
    assert.equal(diagnostics.length, 1, findings(text).join("\n"));
    const [found] = diagnostics;
    assert.ok(found !== undefined);
    assert.equal(found.code, code, found.message);
    assert.equal(text.slice(found.span.start, found.span.end), marked, found.message);
    const [fix] = found.fixes;
    assert.ok(fix !== undefined, `no fix: ${found.message}`);
    const mended = applyFixes(text, fix.edits);
    assert.deepEqual(findings(mended), [], mended);
    assert.equal(mended.replaceAll(/\s+/g, " "), VALID.replace(from, () => fixed).replaceAll(/\s+/g, " "));
  });
}

test("the file without a mistake is valid", () => assert.deepEqual(findings(VALID), []));

const IF = "items > 5 and threeds";

const SIX: readonly Case[] = [
  ["a misspelt field of the event", IF, "payment.itms > 5 and threeds", "RSK0213", "itms", "payment.items > 5 and threeds"],
  ["a misspelt name", "items > 5", "itmes > 5", "RSK0301", "itmes"],
  ["one equals sign", IF, "items = 5", "RSK0102", "=", "items == 5"],
  ["a chain", IF, "1 < items < 5", "RSK0103", "1 < items < 5", "1 < items and items < 5"],
  ["a missing and", IF, "items > 5 threeds", "RSK0109", "threeds"],
  ["a missing and over lines", IF, "items > 5\n      threeds == true", "RSK0109", "threeds", "items > 5\n      and threeds == true"],
  ["a missing brace", '    reason R1 "{items} items"\n  }', '    reason R1 "{items} items"', "RSK0112", "{"],
  ["money without its currency", "amount > 500.00 EUR", "amount > 500.00", "RSK0203", "500.00"],
];

suite("the six usual mistakes", () => SIX.forEach(check));

const HABITS: readonly Case[] = [
  ["&", IF, "items > 5 & threeds", "RSK0102", "&"],
  ["|", IF, "items > 5 | threeds", "RSK0102", "|", "items > 5 or threeds"],
  ["<>", IF, "items <> 5", "RSK0102", "<>", "items != 5"],
  ["=>", IF, "items => 5", "RSK0102", "=>", "items >= 5"],
  ["IS NULL", IF, "country IS NULL", "RSK0102", "IS NULL", "country is missing"],
  ["is not null", IF, "country is not null", "RSK0102", "is not null", "country is present"],
  ["== null", IF, "country == null", "RSK0217", "country == null", "country is missing"],
  ["LIKE", IF, 'email LIKE "%@x.com"', "RSK0102", "LIKE", 'email.endsWith("@x.com")'],
  ["BETWEEN", IF, "items BETWEEN 1 AND 5", "RSK0102", "BETWEEN", "items in 1..5"],
  ["text behind or", IF, 'email == "a" or "b"', "RSK0218", '"b"', 'email in ["a", "b"]'],
  ["smart quotes", IF, "email == “a”", "RSK0106", "“a”", 'email == "a"'],
  ["a decimal comma", IF, "items > 5,5", "RSK0108", "5,5", "items > 5.5"],
  ["a unit apart", "over 10m", "over 10 m", "RSK0107", "10 m"],
  ["an unknown unit", IF, "weight > 5kgs", "RSK0206", "5kgs", "weight > 5kg"],
  ["a number without its unit", IF, "weight > 5", "RSK0204", "5", "weight > 5kg"],
  ["AND", IF, "items > 5 AND threeds", "RSK0102", "AND"],
  ["a misspelt member of an enum", IF, "channel == ecmo", "RSK0209", "ecmo", "channel == ecom"],
  ["text that is no member of an enum", IF, 'channel == "ecmo"', "RSK0209", '"ecmo"', "channel == ecom"],
  ["text that is no member, in a list", IF, 'channel in [pos, "ecmo"]', "RSK0209", '"ecmo"', "channel in [pos, ecom]"],
  ["a misspelt keyword", "    then review\n", "    thn review\n", "RSK0113", "thn"],
  ["a misspelt outcome", "    then review\n", "    then revew\n", "RSK0312", "revew"],
  ["a misspelt aggregate", "count of", "cuont of", "RSK0407", "cuont"],
  ["a misspelt key", "by card over", "by crad over", "RSK0406", "crad"],
  ["a misspelt event", "count of payment by", "count of paymnt by", "RSK0311", "paymnt"],
  ["a misspelt type", "threeds: bool", "threeds: boolean", "RSK0309", "boolean"],
  ["a misspelt policy", "policy worst", "policy wrst", "RSK0413", "wrst"],
  ["a semicolon", "policy worst", "policy worst;", "RSK0120", ";"],
  ["an open text", '"{items} items"', '"{items} items', "RSK0105", '"{items} items'],
];

suite("habits, each with a fix that makes the file valid", () => HABITS.forEach(check));

const NEW: readonly Case[] = [
  ["then with a colon", "    then review\n", "    then: review\n", "RSK0121", ":"],
  ["when with a colon", `when ${IF}`, `when: ${IF}`, "RSK0121", ":"],
  ["score with a colon", "score 10", "score: 10", "RSK0121", ":"],
  ["score with an equals sign", "score 10", "score = 10", "RSK0121", "="],
  ["policy with an equals sign", "policy worst", "policy = worst", "RSK0121", "="],
  ["policy with ==", "policy worst", "policy == worst", "RSK0121", "=="],
  ["default with a colon", "default allow", "default: allow", "RSK0121", ":"],
  ["if for when", `when ${IF}`, `if ${IF}`, "RSK0113", "if"],
  ["return for then", "    then review\n", "    return review\n", "RSK0113", "return"],
  ["an outcome in quotes", "    then review\n", '    then "review"\n', "RSK0122", '"review"'],
  ["a default in quotes", "default allow", 'default "allow"', "RSK0122", '"allow"'],
  ["a trailing comma in tags", "tags velocity, burst", "tags velocity, burst,", "RSK0123", ","],
  ["a comma between fields", "threeds: bool\n", "threeds: bool,\n", "RSK0123", ","],
  ["a comma between clauses", "score 10", "score 10,", "RSK0123", ","],
  ["within for over", "over 10m", "within 10m", "RSK0113", "within"],
  ["last for over", "over 10m", "last 10m", "RSK0113", "last"],
  ["group by", "by card over", "group by card over", "RSK0113", "group"],
  ["COUNT", "count of payment", "COUNT of payment", "RSK0407", "COUNT"],
  ["a row without its last bar", "=> decline | 40    |", "=> decline | 40", "RSK0101", ""],
  ["a reason without a code", 'reason R1 "{items} items"', 'reason "{items} items"', "RSK0101", '"{items} items"', 'reason R1 "{items} items"'],
];

suite("habits of clauses", () => NEW.forEach(check));
