const EVENTS = `/// One attempt to pay.
event payment {
  /// Identifies the attempt; a retry carries the same.
  id: string @id
  at: timestamp @time
  amount: money
  /// Token of the card, never its number.
  card: string @key @pii
  /// Where the card is used (ISO 3166 alpha-2).
  country: string
  channel: enum(pos, ecom) = ecom
}
`;

const LISTS = `/// Countries that most customers pay from.
list home_countries: string = ["DE", "FR", "NL"]

/// Cards that the rules have blocked; entries come and go while the service runs.
list blocked_cards: string managed ttl 30d
`;

const RULES = `import payment from "events.risk"
import home_countries, blocked_cards from "lists.risk"

/// Attempts with one card within ten minutes, this one included.
feature attempts_10m = count of payment by card over 10m

ruleset payments on payment {
  outcomes allow < review < decline
  policy worst
  default allow
  owner "payments-risk"

  rule card_blocked "Card is on the block list" {
    when card in blocked_cards
    then decline
    reason P001 "the card is blocked"
  }

  rule burst "Many attempts with one card" {
    when attempts_10m >= 5
    then decline
    reason P101 "{attempts_10m} attempts within ten minutes"
    tags velocity
    do add card to blocked_cards for 1d
  }

  rule large_abroad "Large payment from abroad" {
    when amount > 500.00 EUR and country not in home_countries
    then review
    reason P201 "{amount} from {country}"
    tags amount, cross_border
  }
}
`;

const TESTS = `import payments from "rules.risk"

test "an ordinary payment" for payments {
  when payment { amount: 20.00 EUR, card: "c1", country: "DE" }
  expect outcome allow
  expect no rules
}

test "the fifth attempt within ten minutes" for payments {
  given payment { amount: 1.00 EUR, card: "c1", country: "DE" } at -5m repeat 4 every 1m
  when payment { amount: 1.00 EUR, card: "c1", country: "DE" }
  expect outcome decline
  expect rule burst
  expect reason P101 "5 attempts within ten minutes"
  expect list blocked_cards has "c1"
}

test "four attempts are not many" for payments {
  given payment { amount: 1.00 EUR, card: "c1", country: "DE" } at -5m repeat 3 every 1m
  when payment { amount: 1.00 EUR, card: "c1", country: "DE" }
  expect no rule burst
}

test "a blocked card" for payments {
  given list blocked_cards has "c1"
  when payment { amount: 1.00 EUR, card: "c1", country: "DE" }
  expect outcome decline
  expect rule card_blocked
}

test "large payments from abroad are looked at" for payments {
  when payment { amount: 500.01 EUR, card: "c1", country: "US" }
  expect outcome review
  expect rule large_abroad
}

test "exactly 500 is not large, and home is not abroad" for payments {
  when payment { amount: 500.00 EUR, card: "c1", country: "US" }
  expect no rules
  when payment { amount: 500.01 EUR, card: "c2", country: "DE" }
  expect no rules
}
`;

const README = `# Rules

| file | what |
|---|---|
| events.risk | what comes in |
| lists.risk | lists that rules ask |
| rules.risk | the rules |
| tests.risk | their tests |

\`\`\`sh
sluice check .             # is it right?
sluice test .              # does it do what it should?
sluice serve --rules .     # decide; saving a file is enough to change the rules
\`\`\`

Send it a payment:

\`\`\`sh
curl -s http://127.0.0.1:8080/v1/decisions -H 'content-type: application/json' -d '{
  "type": "payment",
  "event": { "id": "p-1", "at": "2026-01-31T12:00:00Z", "amount": "620.00 EUR", "card": "c1", "country": "US" }
}'
\`\`\`
`;

/** The files of a new rules folder by path. */
export const STARTER: Readonly<Record<string, string>> = {
  "events.risk": EVENTS,
  "lists.risk": LISTS,
  "rules.risk": RULES,
  "tests.risk": TESTS,
  "README.md": README,
};
