import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkFiles } from "../../src/check/check.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import { Report } from "../../src/text/report.ts";

const HEAD = `event p {
  at: timestamp @time
  card: string @key @pii
  mail: string? @pii
  pin: number @pii
  addresses: list[string] @pii
  who: ip @pii
  name: string
  n: number
}
list blocked: string managed
feature last_card = last of p.card over 1h
feature first_pin = first of p.pin by card over 1h
feature top_pin = max of p.pin by card over 1h
feature pins = sum of p.pin by card over 1h
feature cards = distinct of p.card over 1h
feature tries = count of p by card over 1h
feature drift = change of p.pin by card over 1h
feature plain = last of p.name by card over 1h
function same(x: string): string = x
function twice(x: string): string = same(x) + same(x)
function length(x: string): number = size(x)
function hidden(x: string): string = mask(x)
function known(x: string): bool = x in blocked
function of_event(e: p): string = e.card
function other(e: p): string = e.name
function second(x: string, y: string): string = y
`;

/** What a hole prints of private fields, with the text at each station from the hole to the field. */
function leaks(hole: string): readonly (readonly string[])[] {
  const text = `${HEAD}ruleset r on p {
    outcomes a < b
    let copy = card
    let again = "x" + copy
    let safe = mask(card)
    let blocked_card = card in blocked
    rule one { when n > 1 then b reason A "{${hole}}" }
  }`;
  const report = new Report();
  checkFiles([parseFile({ path: "rules.risk", text }, report)], new Map(), report);
  return report.sorted().map(({ code, message, labels }) => {
    assert.equal(code, "RSK0417", message);
    return [/`(\w+)`/.exec(message)?.[1] ?? "", ...labels.map(({ span }) => text.slice(span.start, span.end))];
  });
}

suite("a private field is followed to the reason that prints it, and every station is named", () => {
  for (const [hole, ...way] of [
    ["card", "card", "pii"],
    ["p.card", "card", "pii"],
    ["pin * 2 + 1", "pin", "pii"],
    ["string(who)", "who", "pii"],
    ["'x' + card", "card", "pii"],
    ["coalesce(mail, 'none')", "mail", "pii"],
    ["n > 1 ? card : name", "card", "pii"],
    ["[name, card][0]", "card", "pii"],
    ["addresses[0]", "addresses", "pii"],
    ["addresses", "addresses", "pii"],
    ["email_domain(mail)", "mail", "pii"],
    ["addresses.filter(a, a != name)", "addresses", "pii"],
    ["addresses.map(a, a + '!')", "addresses", "pii"],
    ["['x'].map(a, a + card)", "card", "pii"],
    ["[card].map(a, same(a))[0]", "card", "pii"],
    ["addresses.filter(a, a != name).size() > 0 ? addresses[0] : name", "addresses", "pii"],
    ["card.lower()", "card", "pii"],
    ["copy", "card", "copy", "pii"],
    ["again", "card", "again", "copy", "pii"],
    ["same(card)", "card", "same", "pii"],
    ["twice(card)", "card", "twice", "pii"],
    ["twice(again)", "card", "twice", "again", "copy", "pii"],
    ["of_event(p)", "card", "of_event", "pii"],
    ["second(name, card)", "card", "second", "pii"],
    ["last_card.value", "card", "last_card", "pii"],
    ["last_card", "card", "last_card", "pii"],
    ["first_pin.value", "pin", "first_pin", "pii"],
    ["top_pin", "pin", "top_pin", "pii"],
    ["pins", "pin", "pins", "pii"],
  ] as const) {
    test(hole, () => assert.deepEqual(leaks(hole), [way]));
  }
  for (const hole of [
    "n", "name", "mask(card)", "mask(again)", "safe", "hidden(card)", "size(card)", "length(card)", "size(addresses)", "cards", "tries", "drift",
    "card == mail", "card in blocked", "blocked_card", "known(card)", "pin > 5", "mail is missing", "has(mail)", "card == 'x' ? 'known' : 'new'", "last_card.at",
    "plain.value", "other(p)", "second(card, name)", "card.startsWith('4')",
    "addresses.exists(a, a == name)", "addresses.map(a, size(a))", "addresses.map(a, mask(a))", "addresses.map(a, a == name ? 'own' : 'other')", "addresses.filter(a, a == name).size()", "['x'].filter(a, a == card)",
  ]) {
    test(`${hole} tells nothing`, () => assert.deepEqual(leaks(hole), []));
  }
});

test("functions and lets that double what they call are followed once each", () => {
  const functions = Array.from({ length: 60 }, (_, i) => `function f${i + 1}(x: string): string = f${i}(x) + f${i}(x)`).join("\n");
  const text = `event p { card: string @pii name: string }
    function f0(x: string): string = x
    ${functions}
    ruleset r on p { outcomes a < b rule one { when name == "" then b reason A "{f60(card)} {f60(name)}" } }`;
  const report = new Report();
  checkFiles([parseFile({ path: "rules.risk", text }, report)], new Map(), report);
  assert.deepEqual(report.sorted().filter(({ code }) => code === "RSK0417").map(({ span }) => text.slice(span.start, span.end)), ["f60(card)"]);
});
