import type { CodeEntry } from "./entry.ts";

/** Declarations that break a law of the language. */
export const declarationCodes = {
  RSK0401: {
    severity: "error",
    title: "unknown annotation",
    explanation:
      "Fields take the annotations `@id`, `@time`, `@key` and `@pii`.",
    example: `event payment {
  card: string @pi
}
`,
  },
  RSK0402: {
    severity: "error",
    title: "field that cannot be key or id or time",
    explanation:
      "`@id` stands once on a required text or number, `@time` once on a required timestamp, and keys are text, numbers, enums, addresses or truth values.",
    example: `event payment {
  amount: money @key
}
`,
  },
  RSK0403: {
    severity: "error",
    title: "optional field with a default",
    explanation:
      "A field with a default is never missing, so an optional field with a default says two things.",
    example: `event payment {
  threeds: bool? = false
}
`,
  },
  RSK0404: {
    severity: "error",
    title: "given twice",
    explanation:
      "A clause, annotation or key is given twice; which one counts could only be guessed.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items > 1
    then decline
    then allow
  }
}
`,
  },
  RSK0405: {
    severity: "error",
    title: "part missing",
    explanation:
      "A part that gives the declaration its meaning is missing: the condition of a rule, the window of a feature, the outcomes of a ruleset, the thresholds of `policy sum`.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    then decline
  }
}
`,
  },
  RSK0406: {
    severity: "error",
    title: "key that is not there",
    explanation:
      "A window is kept by fields of its event, and looked up by fields of the same name and type.",
    example: `event payment {
  at: timestamp @time
  card: string
  amount: money
  items: number
}
feature per_shop = count of payment by shop over 1h
`,
  },
  RSK0407: {
    severity: "error",
    title: "unknown aggregate",
    explanation:
      "The aggregates are `count`, `sum`, `average`, `min`, `max`, `distinct`, `last` and `exists`.",
    example: `event payment {
  at: timestamp @time
  card: string
  amount: money
  items: number
}
feature usual = avg of payment.amount by card over 30d
`,
  },
  RSK0408: {
    severity: "error",
    title: "aggregate without a fitting field",
    explanation:
      "The aggregate needs a field, or does not work on fields of this type.",
    example: `event payment {
  at: timestamp @time
  card: string
  amount: money
  items: number
}
feature total = sum of payment by card over 1d
`,
  },
  RSK0409: {
    severity: "error",
    title: "managed list in a window",
    explanation:
      "The value of a window must follow from the events alone, so that it can be computed again. The entries of a managed list change by themselves.",
    example: `event payment {
  card: string
}
list watched: string managed
feature seen = count of payment by card over 1d where card in watched
`,
  },
  RSK0410: {
    severity: "error",
    title: "bad duration",
    explanation:
      "A window, a delay, a lifetime, a cooldown or the time that a condition must hold is a duration above nothing and of at most 3660 days, the lateness that a feature allows one of at most 31: every key keeps its events for so much longer.",
    example: `event payment {
  at: timestamp @time
  card: string
  amount: money
  items: number
}
feature many = count of payment by card over 5km
`,
  },
  RSK0411: {
    severity: "error",
    title: "feature out of place",
    explanation:
      "Features are read in rulesets. A window filter sees the event that is counted, a function its parameters; pass the value as an argument.",
    example: `event payment {
  at: timestamp @time
  card: string
  amount: money
  items: number
}
feature many = count of payment by card over 1h
feature odd = count of payment by card over 1d where many > 3
`,
  },
  RSK0412: {
    severity: "error",
    title: "recursion",
    explanation:
      "Every rule must end, so functions cannot call themselves, not by way of others either.",
    example: `function f(x: number): number = g(x) + 1
function g(x: number): number = f(x) - 1
`,
  },
  RSK0413: {
    severity: "error",
    title: "unknown policy",
    explanation:
      "The policies of a ruleset are `worst`, `first`, `sum`, `unique` and `all`, those of a table `first`, `unique` and `all`.",
    example: `event payment {
  amount: money
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  policy wurst
  rule example {
    when items > 3
    then decline
  }
}
`,
  },
  RSK0414: {
    severity: "error",
    title: "thresholds out of order",
    explanation:
      "Thresholds go from low to high, and so do their outcomes.",
    example: `event payment {
  amount: money
  items: number
}
ruleset checks on payment {
  outcomes allow < review < decline
  thresholds decline at 80, review at 50
  rule example {
    when items > 3
    score 60
  }
}
`,
  },
  RSK0415: {
    severity: "error",
    title: "beyond a limit",
    explanation:
      "The declaration passes a limit of the language. Limits keep a single event from taking noticeable time.",
    example: `function f0(x: number): number = x + x + x + x
function f1(x: number): number = f0(x) + f0(x) + f0(x) + f0(x)
function f2(x: number): number = f1(x) + f1(x) + f1(x) + f1(x)
function f3(x: number): number = f2(x) + f2(x) + f2(x) + f2(x)
function f4(x: number): number = f3(x) + f3(x) + f3(x) + f3(x)
function f5(x: number): number = f4(x) + f4(x) + f4(x) + f4(x)
function f6(x: number): number = f5(x) + f5(x) + f5(x) + f5(x)
function f7(x: number): number = f6(x) + f6(x) + f6(x) + f6(x)
event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when f7(items) > 1
    then decline
  }
}
`,
  },
  RSK0416: {
    severity: "warning",
    title: "rule without effect",
    explanation:
      "The rule has a condition and neither an outcome, a score nor an effect, so that matching it changes nothing but the list of hits.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items > 1
    reason R1 "many"
  }
  rule too_many {
    when items > 100
    then decline
  }
}
`,
  },
  RSK0417: {
    severity: "error",
    title: "private field shown",
    explanation:
      "Reasons and what rules emit are stored, shown and sent on. A field marked `@pii` is shown through `mask()` or not at all.",
    example: `event payment {
  card: string @pii
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when card == "x"
    then decline
    reason R1 "card {card}"
  }
}
`,
  },
} as const satisfies Record<string, CodeEntry>;
