import type { CodeEntry } from "./entry.ts";

/** Enough rules that are each within bounds. */
const COSTLY = Array.from({ length: 13 }, (_, i) => `  rule r${i + 1} { when (many + many).exists(l, l.matches("x{${i + 1}}$")) then decline }\n`).join("");

/** Values of a kind of their own: temperatures, ranges, rates of exchange, and what it costs to decide. */
export const valueCodes = {
  RSK0230: {
    severity: "error",
    title: "arithmetic with temperatures",
    explanation:
      "A temperature in degC or degF is a point on a scale whose zero is a convention: two of them have a difference but no sum, and none has multiples. A difference counts in `delta degC`; it may be added to a temperature, multiplied and divided. `15degC` as written is either, as its place asks. Kelvin have a true zero and know no such limits.",
    example: `event reading {
  temperature: number[degC]
}
ruleset checks on reading {
  outcomes ok < alarm
  rule example {
    when temperature * 2 > 85degC
    then alarm
  }
}
`,
  },
  RSK0450: {
    severity: "error",
    title: "bad range of a field",
    explanation:
      "`in low..high` says which values a field may have; events with others are refused. Both ends belong to it and are literals of the type of the field, the lower one first. Only what has an order has a range: numbers, times, durations, and amounts of one declared currency. A default lies inside.",
    example: `event reading {
  humidity: number[%] in 100%..0%
}
`,
  },
  RSK0451: {
    severity: "error",
    title: "bad rate of exchange",
    explanation:
      "A rate is above 0, between two different ISO 4217 currencies, and given once in an edition. In a file a line is `2026-11-01,EUR,USD,1.0832`: from that date one EUR is 1.0832 USD.",
    example: `rates ecb {
  from 2026-11-01 {
    1 EUR = 0 USD
  }
}
`,
  },
  RSK0452: {
    severity: "error",
    title: "editions of rates out of order",
    explanation:
      "An edition of rates holds from its date until the next one, so editions stand in order of time and no two begin together.",
    example: `rates ecb {
  from 2026-11-02 { 1 EUR = 1.0832 USD }
  from 2026-11-01 { 1 EUR = 1.0790 USD }
}
`,
  },
  RSK0453: {
    severity: "error",
    title: "which rates of exchange",
    explanation:
      "`convert(amount, USD)` takes the rates that the rules folder declares. Where it declares several, the third argument names them.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when convert(amount, USD) > 1_000 USD
    then decline
  }
}
`,
  },
  RSK0454: {
    severity: "error",
    title: "no currency to convert to",
    explanation:
      "The second argument of `convert` is a currency code as amounts have it: `convert(amount, USD)`. It is part of the type of the result and so no value that could change.",
    example: `rates ecb {
  from 2026-11-01 { 1 EUR = 1.0832 USD }
}
event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when convert(amount, dollars) > 1_000 USD
    then decline
  }
}
`,
  },
  RSK0455: {
    severity: "error",
    title: "no way between two currencies",
    explanation:
      "No edition of the rates has a rate between the two currencies, in either direction or by way of a third, so the amount would be missing for every event.",
    example: `rates ecb {
  from 2026-11-01 { 1 EUR = 1.0832 USD }
}
event payment {
  amount: money[JPY]
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when convert(amount, USD) > 1_000 USD
    then decline
  }
}
`,
  },
  RSK0460: {
    severity: "error",
    title: "rule that costs too much",
    explanation:
      "Every rule, `let` and filter of a window has a bound to what one event can make it cost, worked out from its text: lists of an event count with the items they may have, and what stands in a macro counts once an item. Beyond the limit a single event could hold up all others. Keep macros out of macros, and look values up in a declared list, which costs the same however long it is.",
    example: `event payment {
  sent: list[string]
  seen: list[string]
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when sent.exists(a, seen.exists(b, (a + b).matches("^x+$")))
    then decline
  }
}
`,
  },
  RSK0461: {
    severity: "error",
    title: "ruleset that costs too much",
    explanation:
      "The bounds of all rules and lets of a ruleset together have a limit too, so that no event can hold up all others for long. Compute what several rules need once in a `let`, and what searches in long lists or texts in as few rules as will do.",
    example: `event payment {
  lines: list[string]
}
ruleset checks on payment {
  outcomes allow < decline
  let many = lines + lines + lines + lines
${COSTLY}}
`,
  },
} as const satisfies Record<string, CodeEntry>;
