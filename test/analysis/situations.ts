/* Rulesets with more than the examples of the codes show: one situation each. */

const EVENT = `event payment {
  id: string @id
  at: timestamp @time
  amount: money
  card: string @key
  country: string
  mail: string?
  channel: enum(pos, ecom, moto)
  risk: number?
  items: number = 1
  share: number in 0..1
}
feature card_1h = count of payment by card over 1h
feature usual = average of payment.amount by card over 30d
list watched: string managed
`;

function ruleset(body: string, head = "outcomes allow < review < decline\n  default allow"): string {
  return `${EVENT}ruleset checks on payment {\n  ${head}\n  rule uses_all { when card_1h > 7 and amount > usual and card in watched then decline score 1 reason R0 "all" }\n${body}\n  rule fallback { when amount > 7777.00 EUR then review reason R9 "large" }\n}\n`;
}

export const MORE: Readonly<Record<string, string>> = {
  "a field that is missing has no value": ruleset('  rule a { when risk is missing and risk > 5 then review reason R1 "a" }'),
  "a required field is never missing": ruleset('  rule a { when country is missing then review reason R1 "a" }'),
  "a field with a default is never missing": ruleset('  rule a { when items is missing or items > 5 then review reason R1 "a" }'),
  "an alternative that the rest excludes": ruleset('  rule a { when channel == ecom and (amount > 900.00 EUR or channel == pos) then review reason R1 "a" }'),
  "an alternative inside another": ruleset('  rule a { when amount > 900.00 EUR or (amount > 950.00 EUR and channel == ecom) then review reason R1 "a" }'),
  "counts are whole": ruleset('  rule a { when card_1h > 3 and card_1h < 4 then review reason R1 "a" }'),
  "counts are not negative": ruleset('  rule a { when card_1h >= 0 then review reason R1 "a" }'),
  "amounts of two currencies": ruleset('  rule a { when amount > 5.00 EUR and amount < 9.00 USD then review reason R1 "a" }'),
  "terms are compared as they are": ruleset('  rule a { when amount / usual > 5 and amount / usual < 3 then review reason R1 "a" }'),
  "a range that ends before it begins": ruleset('  rule a { when amount in 9.00 EUR..5.00 EUR then review reason R1 "a" }'),
  "a number outside of its declared range": ruleset('  rule a { when share > 5 then review reason R1 "a" }'),
  "presence may be asked for": ruleset('  rule a { when risk is present and risk > 5 then review reason R1 "a" }'),
  "a shadow of a live rule is no twin": ruleset('  rule a { when risk > 5 then review reason R1 "a" }\n  rule b { when risk > 5 then decline reason R2 "b" mode shadow }'),
  "a rule for every event": ruleset('  rule a { when true then review reason R1 "a" }'),
  "covered by two together": ruleset(
    '  rule a { when channel == pos then review }\n  rule b { when channel != pos then decline }\n  rule c { when amount > 5.00 EUR then decline }',
    "outcomes allow < review < decline\n  policy first",
  ),
  "a rollout covers nothing": ruleset('  rule a { when amount > 1.00 EUR then review rollout 25% by card }\n  rule b { when amount > 2.00 EUR and mail is present then decline }', "outcomes allow < review < decline\n  policy first").replace("  rule fallback", "  rule fallback_2 { when risk > 1 then review }\n  rule fallback"),
  "rows that overlap, and a member that no row names": ruleset(`  table limits unique {
    | channel | amount       => then    |
    | pos     | > 100.00 EUR => review  |
    | pos     | > 900.00 EUR => decline |
    | ecom    | > 100.00 EUR => decline |
  }`),
  "rows behind another, a default row, and no hole": ruleset(`  table limits {
    | channel   | amount                 => then    |
    | -         | > 500.00 EUR           => review  |
    | pos, ecom | 600.00 EUR..900.00 EUR => decline |
    | -         | -                      => allow   |
  }`),
  "a hole between two ranges": ruleset(`  table limits {
    | channel | amount                 => then    |
    | ecom    | 100.00 EUR..200.00 EUR => review  |
    | ecom    | 300.00 EUR..900.00 EUR => decline |
    | pos     | > 500.00 EUR           => decline |
  }`),
  "ignored with a reason, above and beside": `${EVENT}ruleset checks on payment {
  outcomes allow < review < decline
  // ignore RSK0701: shows that contradictions are found, RSK0603 too
  // ignore RSK0603: name of the partner's feed
  rule LargeAmount { when amount > 7.00 EUR and amount < 5.00 EUR then review score 1 }
  rule b { when card_1h > 7 and amount > usual and card in watched then decline }
  rule FeedB { when amount > 9.00 EUR then decline score 3 } // ignore RSK0603, RSK0709: as above
}
`,
};
