import type { CodeEntry } from "./entry.ts";

/** What the linter finds: rules that work and that authors would rather write otherwise. */
export const lintCodes = {
  RSK0601: {
    severity: "warning",
    title: "declaration that nothing uses",
    explanation:
      "Nothing in the folder uses it. An unused feature costs memory and time with every event.",
    example: `event payment {
  card: string @key
  amount: money
}
feature card_payments = count of payment by card over 1h
ruleset checks on payment {
  outcomes allow < review
  rule large {
    when amount > 100.00 EUR
    then review
  }
}
`,
  },
  RSK0602: {
    severity: "warning",
    title: "import that nothing uses",
    explanation:
      "The file imports a name and does not use it.",
    example: {
      "lists.risk": `list home: string = ["DE"]
`,
      "rules.risk": `import home from "lists.risk"
event payment {
  country: string
}
ruleset checks on payment {
  outcomes allow < review
  rule abroad {
    when country not in home
    then review
  }
}
`,
      "other.risk": `import home from "lists.risk"
`,
    },
  },
  RSK0603: {
    severity: "warning",
    title: "name in another style",
    explanation:
      "Rules, tables, rulesets, features, lists, functions, values of `let` and outcomes are written in `snake_case`, so that they read as one in reasons, metrics and reviews. Names of events, fields and enum members come from outside and are left alone.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review
  rule LargeAmount {
    when amount > 100.00 EUR
    then review
  }
}
`,
  },
  RSK0604: {
    severity: "warning",
    title: "entry that is there twice",
    explanation:
      "The list has the entry already. Often one of the two should be another.",
    example: `list home: string = ["DE", "AT", "DE"]
event payment {
  country: string
}
ruleset checks on payment {
  outcomes allow < review
  rule abroad {
    when country not in home
    then review
  }
}
`,
  },
  RSK0605: {
    severity: "warning",
    title: "two rules with one condition",
    explanation:
      "Both rules match the same events. One rule can carry outcome, score, reason and tags together; where two are meant, one of the conditions is a copy that was not changed.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review < decline
  rule large {
    when amount > 100.00 EUR
    then review
  }
  rule huge {
    when amount > 100.00 EUR
    then decline
  }
}
`,
  },
  RSK0606: {
    severity: "warning",
    title: "rule without an owner",
    explanation:
      "Rules of this folder name who answers for them, and this one does not. A folder in which nobody uses `owner` is not asked for it.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review < decline
  rule large {
    when amount > 100.00 EUR
    then review
    owner "payments"
  }
  rule huge {
    when amount > 5000.00 EUR
    then decline
  }
}
`,
  },
  RSK0607: {
    severity: "warning",
    title: "rule without a test",
    explanation:
      "Most rules of the ruleset are named by a test, and this one is not: no test expects it to match or not to match, or expects its reason. `sluice test --coverage` says what the tests reach.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review < decline
  rule large {
    when amount > 100.00 EUR
    then review
  }
  rule huge {
    when amount > 5000.00 EUR
    then decline
  }
}
test "a large payment is reviewed" for checks {
  when payment { amount: 200.00 EUR }
  expect rule large
}
`,
  },
  RSK0608: {
    severity: "warning",
    title: "review is due",
    explanation:
      "The day named by `review by` has passed. Look whether the rule is still right, and name the next day.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review
  rule large {
    when amount > 100.00 EUR
    then review
    review by 2020-01-31
  }
}
`,
  },
  RSK0609: {
    severity: "warning",
    title: "rule whose time is over",
    explanation:
      "The rule is active until a time that has passed, so it matches no event of today. It still counts for replays of older events.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review
  rule large {
    when amount > 100.00 EUR
    then review
    active until 2020-01-31
  }
}
`,
  },
  RSK0610: {
    severity: "warning",
    title: "very long window",
    explanation:
      "Windows are exact: every event stays in memory for as long as a window reaches back. One that reaches further than a year and a month needs a reason.",
    example: `event payment {
  card: string @key
}
feature card_payments = count of payment by card over 900d
ruleset checks on payment {
  outcomes allow < review
  rule busy {
    when card_payments > 100
    then review
  }
}
`,
  },
  RSK0611: {
    severity: "warning",
    title: "long list inside of a rule file",
    explanation:
      "A list of more than 200 entries is data: in a file of its own, one entry a line, it can be compared, sorted and replaced without touching rules.",
    example: `event payment {
  shop: number
}
list shops: number = [${Array.from({ length: 201 }, (_, i) => i).join(", ")}]
ruleset checks on payment {
  outcomes allow < review
  rule unknown_shop {
    when shop not in shops
    then review
  }
}
`,
  },
  RSK0612: {
    severity: "warning",
    title: "resting rule without a day of review",
    explanation:
      "A rule that is `shadow` or `off` is meant for a while. Rules of this folder say `review by`; this one does not, and would be forgotten.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review < decline
  rule large {
    when amount > 100.00 EUR
    then review
    review by 2099-12-31
  }
  rule huge {
    when amount > 5000.00 EUR
    then decline
    mode shadow
  }
}
`,
  },
  RSK0613: {
    severity: "warning",
    title: "ignored without a reason",
    explanation:
      "Write after the code why the warning does not count here: `// ignore RSK0603: name of the partner's feed`. Without a reason the comment has no effect.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review
  // ignore RSK0603
  rule large {
    when amount > 100.00 EUR
    then review
  }
}
`,
  },
  RSK0614: {
    severity: "warning",
    title: "nothing to ignore",
    explanation:
      "The comment ignores a warning that is not given on its line or, where it stands alone, on the next: what it was for is mended or has moved. Errors cannot be ignored.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review
  // ignore RSK0603: name of the partner's feed
  rule large {
    when amount > 100.00 EUR
    then review
  }
}
`,
  },
} as const satisfies Record<string, CodeEntry>;
