import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MAX_TEST_EVENTS } from "../../src/check/tests.ts";
import { checkSources } from "../../src/rulesets/check.ts";
import { runSuite } from "../../src/testing/run.ts";
import { failing, rendered, runTexts, suiteOf } from "./suites.ts";

const RULES = `event payment { id: string @id at: timestamp @time card: string @key amount: money device: string = "web" email: string? risk: number in 0..100 ip: ip? place: geo? tags: list[string]? sums: map[string, number]? wait: duration? born: timestamp? kind: enum(a, b)? }
event refund { at: timestamp @time card: string @key number: number }
event ping { card: string @key }
feature payments_1h = count of payment by card over 1h
feature refunds_1h = count of refund by card over 1h
feature total = sum of refund.number by card over 1h
feature last_amount = last of payment.amount by card over 1d excluding current
feature pings = count of ping by card over 10m
ruleset cards on payment {
  outcomes allow < decline
  rule hot { when amount > 10 EUR for 5m by card then decline }
  rule once { when amount > 10 EUR score 1 cooldown 10m by card }
  rule late { when at > 2030-01-01 then decline }
  rule distant { when distance(place, geo(0, 0)) > 10km then decline }
}
ruleset pinged on ping { outcomes ok < busy rule busy { when pings > 2 then busy } }
`;

/** Runs tests, each given as its ruleset's name and its items; they must pass. */
function pass(...tests: readonly string[]): void {
  const found = suiteOf(`${RULES}${tests.map((items, i) => `test "t${i}" for cards {\n${items}\n}\n`).join("")}`);
  assert.equal(rendered(found, runSuite(found)), "");
}

suite("time", () => {
  test("a test plays on a Monday at noon unless it has a clock of its own", () => {
    pass(
      `when payment { card: "c" } expect feature payments_1h == 1 expect no rule late`,
      `clock 2031-01-01T00:00:00Z when payment { card: "c" } expect rule late`,
      `when payment { card: "c" } at 2031-01-01 expect rule late`,
      `when payment { card: "c", at: 2031-01-01 } expect rule late`,
      `clock 2029-12-31T23:59:00Z when payment { card: "c" } at 1m expect no rule late when payment { card: "c" } at 61s expect rule late`,
      `given payment { card: "c", amount: 5 EUR } at 2026-06-15T11:00:00.001Z when payment { card: "c" } expect feature payments_1h == 2`,
      `given payment { card: "c", amount: 5 EUR } at 2026-06-15T11:00:00Z when payment { card: "c" } expect feature payments_1h == 1`,
    );
  });

  test("repeated events come one step after the other from the first, without a time of their own up to one step before the clock", () => {
    pass(
      `given payment { card: "c" } at -50m repeat 9 every 5m when payment { card: "c" } expect feature payments_1h == 10`,
      `given payment { card: "c" } at -65m repeat 3 every 5m when payment { card: "c" } expect feature payments_1h == 2`,
      `given payment { card: "c" } repeat 9 every 7m when payment { card: "c" } expect feature payments_1h == 9`,
      `given payment { card: "c" } repeat 3 when payment { card: "c" } expect feature payments_1h == 4`,
      `given payment { card: "c" } when payment { card: "c" } expect feature payments_1h == 2`,
      `given payment { card: "c" } at 0m when payment { card: "c" } expect feature payments_1h == 2`,
    );
  });

  test("what is given comes in order of time, however it is written", () => {
    pass(
      `given payment { card: "c", amount: 7 EUR } at -1m
       given payment { card: "c", amount: 5 EUR } at -9m
       given payment { card: "c", amount: 6 EUR } at -5m
       when payment { card: "c", amount: 1 EUR } at -4m expect feature payments_1h == 3
       when payment { card: "c" } expect feature payments_1h == 5`,
      `given payment { card: "c", amount: 20 EUR } at -4m given payment { card: "c", amount: 20 EUR } at -6m
       when payment { card: "c", amount: 20 EUR } expect rule hot`,
    );
  });

  test("events that are given are decided like any other: rules keep their state, lists change", () => {
    pass(
      `given payment { card: "c", amount: 11 EUR } at -5m when payment { card: "c", amount: 11 EUR } expect rule hot expect no rule once`,
      `given payment { card: "c", amount: 11 EUR } at -299s when payment { card: "c", amount: 11 EUR } expect no rule hot`,
      `given payment { card: "c", amount: 11 EUR } at -10m given payment { card: "c", amount: 9 EUR } at -6m when payment { card: "c", amount: 11 EUR } expect no rule hot expect rule once`,
    );
  });

  test("an event type without a time happens by the clock", () => {
    const found = suiteOf(`${RULES}test "p" for pinged {
      given ping { card: "c" } at -9m given ping { card: "c" } at -8m given ping { card: "c" } at -10m
      when ping { card: "c" } expect feature pings == 3 expect outcome busy
    }`);
    assert.equal(rendered(found, runSuite(found)), "");
  });
});

suite("events", () => {
  test("fields that are left out have their default or are missing, even required ones; ids are made", () => {
    pass(
      `when payment { card: "c" } expect rule hot missing`,
      `when payment { card: "c", amount: null } expect rule hot missing`,
      `given payment { } repeat 5 when payment { card: "c" } expect feature payments_1h == 1`,
    );
  });

  test("values of every type can be written", () => {
    pass(
      `when payment {
        id: "own", card: "a" + "b", amount: 10.01 EUR, device: "x", email: "a@b.c", risk: 2 * 30, ip: "203.0.113.7",
        place: geo(52.5, 13.4), tags: ["a", "b"], sums: { "a": 1 }, wait: 5m, born: 2001-02-03, kind: b
      }
      expect rule once expect rule distant`,
      `when payment { card: "c", kind: "a", wait: 1h + 5m, born: 2001-02-03T04:05:06Z - 1d, ip: "2001:db8::1", amount: -5 EUR } expect no rules`,
    );
  });

  test("other events may come before", () => {
    pass(`given refund { card: "c", number: 2 } repeat 3 when payment { card: "c" } expect feature refunds_1h == 3 expect feature total == 6`);
  });

  test("an event that the service would refuse fails the test, with what is wrong", () => {
    const found = suiteOf(`${RULES}test "range" for cards { when payment { card: "c", risk: 101 } expect no rules }
test "twice" for cards { given payment { id: "p", card: "c" } when payment { id: "p", card: "d" } expect no rules }
test "cases" for cards { when payment { card: "c" } cases { | risk => outcome | | 100 => allow | | 101 => allow | } }
`);
    const result = runSuite(found);
    assert.deepEqual(failing(result), ["range", "twice", "cases [case 2]"]);
    assert.deepEqual(result.findings.map(({ code }) => code), ["RSK0852", "RSK0852", "RSK0852"]);
    const text = rendered(found, result);
    assert.match(text, /the service refuses this event: the event is no valid `payment`/);
    assert.match(text, /= note: \/risk: /);
    assert.match(text, /another event was accepted with the id "p"/);
  });
});

suite("what a test gives", () => {
  test("features are what it says, for every event from there on", () => {
    pass(
      `given feature payments_1h = 7 when payment { card: "c" } expect feature payments_1h == 7 when payment { card: "d" } expect feature payments_1h == 7
       given feature payments_1h = missing when payment { card: "d" } expect feature payments_1h missing`,
      `given feature last_amount = missing given payment { card: "c", amount: 1 EUR } when payment { card: "c" } expect feature last_amount missing`,
    );
  });

  test("each test has a world of its own", () => {
    const one = `given payment { card: "c", amount: 11 EUR } when payment { card: "c", amount: 11 EUR } expect feature payments_1h == 2`;
    pass(one, one, one);
  });

  test("rows of cases are tests of their own, over the last event", () => {
    const found = suiteOf(`${RULES}test "c" for cards {
      given payment { card: "c", amount: 5 EUR }
      when payment { card: "c", amount: 11 EUR }
      expect rule once
      when payment { card: "d", amount: 11 EUR }
      expect feature payments_1h >= 1
      cases {
        | card | amount => score | rule |
        | -    | -      => 1     | once |
        | "c"  | -      => 0     | -    |
        | -    | 10 EUR => 0     | -    |
        | -    | null   => 0     | -    |
        | -    | 11 EUR => 0     | -    |
      }
    }`);
    const result = runSuite(found);
    assert.deepEqual(failing(result), ["c [case 5]"]);
    assert.equal(result.results.length, 5);
  });
});

test("the names of a test are those of its ruleset's file, and its own", () => {
  const rules = `${RULES}list watched: string managed\nruleset listed on payment { outcomes a < b rule r { when card in watched then b } }\n`;
  const tests = `import listed from "rules.risk"\ntest "l" for listed { given list watched has "c" when payment { card: "c" } expect outcome b expect feature payments_1h == 1 }\n`;
  const found = suiteOf(rules, tests);
  assert.equal(rendered(found, runSuite(found)), "");
  const codes = (text: string): readonly string[] =>
    checkSources([{ path: "rules.risk", text: rules }, { path: "more1.risk", text }]).diagnostics.map(({ code }) => code);
  assert.deepEqual(codes(tests.replace("import listed", "import watched")), ["RSK0302"]);
});

test("tests may send so many events and no more", () => {
  const rules = `${RULES}test "many" for cards { given payment { card: "c" } repeat COUNT when payment { card: "c" } expect no rules }`;
  const errors = (count: number): readonly string[] =>
    checkSources([{ path: "a.risk", text: rules.replace("COUNT", String(count)) }]).diagnostics.flatMap(({ code, severity }) => (severity === "error" ? [code] : []));
  assert.deepEqual(errors(MAX_TEST_EVENTS - 1), []);
  assert.deepEqual(errors(MAX_TEST_EVENTS), ["RSK0812"]);
});

test("when the time is over, the test at hand is named and no other is run", () => {
  const found = suiteOf(`${RULES}test "first" for cards { when payment { card: "c" } expect no rules }
test "second" for cards { given payment { card: "c" } repeat 9999 when payment { card: "c" } expect no rules }
test "third" for cards { when payment { card: "c" } expect no rules }`);
  const { overdue, results } = runSuite(found, { limitMs: 0 });
  assert.deepEqual([overdue?.name, results.length], ["first", 0]);
});

test("planted bugs in rules are caught by the tests of others", () => {
  const good = `event payment { at: timestamp @time card: string @key amount: money }
feature n = count of payment by card over 1h
ruleset cards on payment {
  outcomes allow < review < decline
  policy worst
  rule large { when amount >= 100 EUR and n > 1 then review }
  rule burst { when n >= 3 or amount > 900 EUR then decline }
}
`;
  const tests = `test "alone" for cards { when payment { card: "c", amount: 100 EUR } expect outcome allow }
test "second" for cards { given payment { card: "c" } at -1h repeat 2 every 30m when payment { card: "c", amount: 100 EUR } expect outcome review }
test "third" for cards { given payment { card: "c" } at -59m repeat 2 every 30m when payment { card: "c", amount: 1 EUR } expect outcome decline }
test "huge" for cards { when payment { card: "c", amount: 900 EUR } cases { | amount => outcome | | 900 EUR => allow | | 901 EUR => decline | } }
`;
  assert.deepEqual(failing(runTexts(good + tests)), []);
  const bugs: readonly (readonly [RegExp, string, readonly string[]])[] = [
    [/>= 100 EUR/, "> 100 EUR", ["second"]],
    [/n > 1/, "n > 0", ["alone", "huge [case 1]"]],
    [/over 1h/, "over 2h", ["second"]],
    [/over 1h/, "over 30m", ["second", "third"]],
    [/by card over 1h/, "by card over 1h excluding current", ["second", "third"]],
    [/n >= 3 or/, "n >= 3 and", ["third", "huge [case 2]"]],
    [/policy worst/, "policy first", []],
    [/then decline/, "then review", ["third", "huge [case 2]"]],
    [/ > 900/, " >= 900", ["huge [case 1]"]],
  ];
  for (const [what, instead, caught] of bugs) assert.deepEqual(failing(runTexts(good.replace(what, instead) + tests)), caught, instead);
});
