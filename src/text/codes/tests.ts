import type { CodeEntry } from "./entry.ts";

/** What the examples are about. */
const RULES = `event payment { at: timestamp @time card: string @key amount: money }
list blocked: string managed
list partners: string = ["a"]
feature payments_1h = count of payment by card over 1h
ruleset cards on payment {
  outcomes allow < decline
  rule large { when amount > 100 EUR then decline reason R1 "large" }
  rule burst { when payments_1h > 3 or card in blocked or card in partners then decline }
}
`;

/** Tests that mean nothing, and tests that fail. */
export const testCodes = {
  RSK0801: {
    severity: "error",
    title: "unknown ruleset in a test",
    explanation:
      "A test is about one ruleset, which it names after `for`. No file of the folder declares that ruleset.",
    example: `${RULES}test "large" for card { when payment { card: "c", amount: 200 EUR } expect outcome decline }
`,
  },
  RSK0802: {
    severity: "error",
    title: "two tests of one name",
    explanation:
      "Reports, editors and continuous integration tell tests of a ruleset apart by their names. Say in the name what this test shows.",
    example: `${RULES}test "large" for cards { when payment { card: "c", amount: 200 EUR } expect outcome decline }
test "large" for cards { when payment { card: "c", amount: 20 EUR } expect outcome allow }
`,
  },
  RSK0803: {
    severity: "error",
    title: "test asks nothing",
    explanation:
      "A test decides at least one event (`when EVENT { … }`) and expects something of the decision (`expect …` below it). What is given stands above the `when` that it is for.",
    example: `${RULES}test "large" for cards { when payment { card: "c", amount: 200 EUR } }
`,
  },
  RSK0804: {
    severity: "error",
    title: "event of another ruleset",
    explanation:
      "The event under test has the type that the ruleset decides. Events of other types can come before it, with `given`.",
    example: `${RULES}event refund { at: timestamp @time card: string @key }
test "refund" for cards { when refund { card: "c" } expect outcome allow }
`,
  },
  RSK0805: {
    severity: "error",
    title: "unknown field in a test",
    explanation:
      "An event of a test gives fields that its type declares, each once. What it leaves out has its default or is missing.",
    example: `${RULES}test "large" for cards { when payment { card: "c", amuont: 200 EUR } expect outcome decline }
`,
  },
  RSK0806: {
    severity: "error",
    title: "value of another type in a test",
    explanation:
      "A value has the type of the field, feature or list that it is for: amounts carry a currency, numbers with a unit their unit, addresses stand in quotes, places are `geo(52.5, 13.4)`, members of an enum stand bare.",
    example: `${RULES}test "large" for cards { when payment { card: "c", amount: 200 } expect outcome decline }
`,
  },
  RSK0807: {
    severity: "error",
    title: "no constant",
    explanation:
      "Tests write their values out, so that a reader sees what goes in and what comes out. Functions of values may be called; fields, features and lists have no value here.",
    example: `${RULES}test "large" for cards { when payment { card: c, amount: 200 EUR } expect outcome decline }
`,
  },
  RSK0808: {
    severity: "error",
    title: "unknown feature in a test",
    explanation:
      "A test can fix (`given feature`) and look at (`expect feature`) the features that the rules of its ruleset can read: those that the ruleset's file declares or imports, and whose keys the event has.",
    example: `${RULES}test "burst" for cards { given feature payment_1h = 4 when payment { card: "c" } expect outcome decline }
`,
  },
  RSK0809: {
    severity: "error",
    title: "not a managed list",
    explanation:
      "The entries of managed lists come and go while the service runs, so a test says what they hold (`given list`) and asks what became of them (`expect list`). The entries of other lists are part of the rules.",
    example: `${RULES}test "partner" for cards { given list partners has "c" when payment { card: "c" } expect outcome decline }
`,
  },
  RSK0810: {
    severity: "error",
    title: "expects what cannot be",
    explanation:
      "The test expects an outcome, rule, row, reason, notice or emitted event that the ruleset does not have, so it could never pass, or never fail.",
    example: `${RULES}test "large" for cards { when payment { card: "c", amount: 200 EUR } expect rule lage }
`,
  },
  RSK0811: {
    severity: "error",
    title: "table of cases does not fit",
    explanation:
      "A table of cases has fields of the event before `=>` and expectations (`outcome`, `score`, `rule`, `reason`, `notice`) after it; each row has a cell for each column, `-` where it says nothing.",
    example: `${RULES}test "limit" for cards {
  when payment { card: "c" }
  cases {
    | amount  => outcom |
    | 200 EUR => decline |
  }
}
`,
  },
  RSK0812: {
    severity: "error",
    title: "times of a test",
    explanation:
      "A test has one clock, an event has one time, repeated events have times and ids of their own, and a test sends at most 10,000 events.",
    example: `${RULES}test "burst" for cards {
  given payment { card: "c", at: 2026-01-01 } repeat 4 every 5m
  when payment { card: "c" }
  expect outcome decline
}
`,
  },
  RSK0851: {
    severity: "error",
    title: "test fails",
    explanation:
      "The decision is not what the test expects. The finding says what came out and why: which part of a condition was false or missing, and with which values. Either the rules are wrong, or the test is; the service does not take up rules whose tests fail.",
    example: null,
  },
  RSK0852: {
    severity: "error",
    title: "event of a test is refused",
    explanation:
      "The service would not accept an event that the test sends, for example because a value lies outside of the range that its field declares, or because two different events carry one id.",
    example: null,
  },
  RSK0853: {
    severity: "error",
    title: "tests take too long",
    explanation:
      "A reload runs the tests of the folder before it takes up the new rules, and has a fixed time for it. The rules that run stay. Shorten the tests: `given feature` stands for many events.",
    example: null,
  },
} as const satisfies Record<string, CodeEntry>;
