import type { CodeEntry } from "./entry.ts";

/** What the analysis of conditions finds: facts about what rules can do at all. */
export const analysisCodes = {
  RSK0701: {
    severity: "warning",
    title: "condition that is never true",
    explanation:
      "No event makes this true: it asks for values that exclude each other, that the type does not have, or that cannot be missing. A rule with such a condition never matches, and nobody notices.",
    example: `event payment {
  amount: money
  country: string
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when country == "DE" and amount > 500.00 EUR and amount < 100.00 EUR
    then decline
  }
}
`,
  },
  RSK0702: {
    severity: "warning",
    title: "condition that is never false",
    explanation:
      "Every event makes this true, apart from those in which a value that it asks for is missing. A rule that is meant for every event says `when true`.",
    example: `event payment {
  channel: enum(pos, ecom)
}
ruleset checks on payment {
  outcomes allow < review
  rule example {
    when channel != pos or channel != ecom
    then review
  }
}
`,
  },
  RSK0703: {
    severity: "warning",
    title: "part of a condition that adds nothing",
    explanation:
      "The part follows from the others: leaving it out changes no match. Often the limit in it is not the one that was meant. Questions for presence are never reported, since they tell readers why.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review
  rule example {
    when amount > 500.00 EUR and amount > 100.00 EUR
    then review
  }
}
`,
  },
  RSK0704: {
    severity: "warning",
    title: "rule that is never reached",
    explanation:
      "Under `policy first`, and in a table that stops at its first row, what stands earlier decides. Here every event that could match is taken before.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review < decline
  policy first
  rule large {
    when amount > 100.00 EUR
    then review
  }
  rule huge {
    when amount > 5000.00 EUR
    then decline
  }
}
`,
  },
  RSK0705: {
    severity: "warning",
    title: "rule that another one makes superfluous",
    explanation:
      "Whenever the rule matches, so does another with the same outcome, and the rule brings no score, reason, notice, tag or effect of its own.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review
  rule large {
    when amount > 100.00 EUR
    then review
  }
  rule huge {
    when amount > 5000.00 EUR
    then review
  }
}
`,
  },
  RSK0706: {
    severity: "warning",
    title: "rules that overlap where one should match",
    explanation:
      "`unique` promises that at most one rule, or row of a table, matches. The event in the note matches two. The decision is then the worst of them and says so.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review < decline
  policy unique
  rule large {
    when amount > 100.00 EUR
    then review
  }
  rule huge {
    when amount > 5000.00 EUR
    then decline
  }
}
`,
  },
  RSK0707: {
    severity: "warning",
    title: "hole in a table",
    explanation:
      "The rows speak of what lies below and above, or of every other member of the enum, and say nothing of this. What lies beyond all rows is no hole: a table need not speak of every event.",
    example: `event payment {
  amount: money[EUR]
}
ruleset checks on payment {
  outcomes allow < review < decline
  table limits {
    | amount       => then    |
    | < 100.00 EUR => review  |
    | > 100.00 EUR => decline |
  }
}
`,
  },
  RSK0708: {
    severity: "warning",
    title: "threshold out of reach",
    explanation:
      "The scores of all live rules together stay below the threshold, so that it never decides anything.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review
  policy sum
  thresholds review at 50
  rule large {
    when amount > 100.00 EUR
    score 30
  }
}
`,
  },
  RSK0709: {
    severity: "warning",
    title: "outcome that is never produced",
    explanation:
      "The outcome is declared and neither the default nor the outcome of a rule, a table or a threshold.",
    example: `event payment {
  amount: money
}
ruleset checks on payment {
  outcomes allow < review < decline
  rule large {
    when amount > 100.00 EUR
    then review
  }
}
`,
  },
  RSK0710: {
    severity: "warning",
    title: "number of another scale",
    explanation:
      "The same field is compared with other numbers elsewhere, all of one size, and with this one that is a hundred times larger or smaller: cents for euros, a percentage for a ratio, milliseconds for seconds. This is a guess from the numbers and no proof.",
    example: `event login {
  risk: number
}
ruleset checks on login {
  outcomes allow < watch < review < lock
  rule a {
    when risk > 0.5
    then watch
  }
  rule b {
    when risk > 0.7
    then review
  }
  rule c {
    when risk > 95
    then lock
  }
  rule d {
    when risk < 0.6 and risk > 0.55
    then review
  }
}
`,
  },
} as const satisfies Record<string, CodeEntry>;
