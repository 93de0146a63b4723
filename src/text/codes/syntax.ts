import type { CodeEntry } from "./entry.ts";

/** Text that is not a sentence of the language. */
export const syntaxCodes = {
  RSK0101: {
    severity: "error",
    title: "unexpected text",
    explanation:
      "The text is no sentence of the language at this place. What was expected and what was found stand in the message; the first mistake on a line is told, since what follows it is rarely another.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items > (5
    then decline
  }
}
`,
  },
  RSK0102: {
    severity: "error",
    title: "operator of another language",
    explanation:
      "Operators of SQL, JavaScript or a spreadsheet are understood and reported, so that a file has one spelling only. Applying the fix changes nothing else.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items = 5
    then decline
  }
}
`,
  },
  RSK0103: {
    severity: "error",
    title: "comparisons in a chain",
    explanation:
      "A comparison yields true or false, and comparing that with a third value is never what is meant. Compare twice with `and`, or ask for a range with `in low..high`.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when 1 < items < 5
    then decline
  }
}
`,
  },
  RSK0104: {
    severity: "error",
    title: "unknown escape",
    explanation:
      "A backslash in a text begins an escape such as `\\n`, `\\\"` or `\\u00e9`. Write `\\\\` for the backslash itself, or a raw text `r\"…\"` in which it means nothing.",
    example: String.raw`event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when country == "U\S"
    then decline
  }
}
`,
  },
  RSK0105: {
    severity: "error",
    title: "text without its closing quote",
    explanation:
      "A text ends on the line on which it begins. Close it with the quote that opened it, or write a longer one between three quotes.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when country == "US
    then decline
  }
}
`,
  },
  RSK0106: {
    severity: "error",
    title: "typographic quotes",
    explanation:
      "Word processors put curved quotes where straight ones are meant. Text stands in `\"` or `'`.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when country == “US”
    then decline
  }
}
`,
  },
  RSK0107: {
    severity: "error",
    title: "unit apart from its number",
    explanation:
      "A unit sticks to its number, so that `5 m` can never be read as two things.",
    example: `event payment {
  at: timestamp @time
  gap: duration
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when gap < 5 m
    then decline
  }
}
`,
  },
  RSK0108: {
    severity: "error",
    title: "decimal comma",
    explanation:
      "The decimal sign is a point. A comma separates arguments and items.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items > 1,5
    then decline
  }
}
`,
  },
  RSK0109: {
    severity: "error",
    title: "conditions without a word between them",
    explanation:
      "Two conditions stand side by side without a word between them. Say whether both must hold (`and`) or one is enough (`or`).",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items > 1 items < 5
    then decline
  }
}
`,
  },
  RSK0110: {
    severity: "error",
    title: "nested too deep",
    explanation:
      "Brackets, prefixes, conditionals or chains of operators are deeper than anyone can read aloud, and deep nesting costs stack. Name a part with `let` or a `function`.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when (((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((items > 1)))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
    then decline
  }
}
`,
  },
  RSK0111: {
    severity: "error",
    title: "broken hole in a reason",
    explanation:
      "In the text of a reason `{` opens a value and `}` closes it. Write `{{` and `}}` for the braces themselves.",
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
    reason R1 "{items"
  }
}
`,
  },
  RSK0112: {
    severity: "error",
    title: "block without its brace",
    explanation:
      "A block is opened and never closed. The indentation betrays where it was meant to end, and the fix closes it there.",
    example: `event payment {
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items > 1
    then decline

  rule other {
    when items > 2
    then decline
  }
}
`,
  },
  RSK0113: {
    severity: "error",
    title: "misspelt keyword",
    explanation:
      "The word begins nothing that can stand here, but is close to one that does.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    whn items > 1
    then decline
  }
}
`,
  },
  RSK0114: {
    severity: "error",
    title: "reserved word as a name",
    explanation:
      "`and or not in is missing present true false null enum feature list` are reserved: they cannot be names anywhere.",
    example: `event payment {
  missing: number
}
`,
  },
  RSK0116: {
    severity: "error",
    title: "brace that closes nothing",
    explanation:
      "There is one `}` more than blocks that are open.",
    example: `event payment {
  items: number
}
}
`,
  },
  RSK0117: {
    severity: "error",
    title: "range out of place",
    explanation:
      "A range `a..b` stands only behind `in`, and includes both ends.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items == 1..5
    then decline
  }
}
`,
  },
  RSK0118: {
    severity: "error",
    title: "number too large",
    explanation:
      "The number is beyond what a double can hold, about 1.8e308.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items > 1e400
    then decline
  }
}
`,
  },
  RSK0119: {
    severity: "error",
    title: "letters outside of a-z in a name",
    explanation:
      "Names are made of the letters a to z in both cases, digits and `_`, so that they can be typed and searched everywhere.",
    example: `event payment {
  größe: number
}
`,
  },
  RSK0120: {
    severity: "error",
    title: "comment or mark of another language",
    explanation:
      "Comments begin with `//` and reach to the end of the line. Semicolons, `#` and `/* */` belong to other languages.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items > 1;
    then decline
  }
}
`,
  },
  RSK0121: {
    severity: "error",
    title: "mark behind a keyword",
    explanation: "A clause goes on right behind its keyword: `then review`, `score 10`. There is no `:` and no `=` between them.",
    example: `event payment {
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  default allow
  rule example {
    when items > 5
    then: decline
  }
}
`,
  },
  RSK0122: {
    severity: "error",
    title: "name in quotes",
    explanation: "Outcomes and policies are names, as rules and features are; quotes make text, for values that events carry.",
    example: `event payment {
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  default "allow"
  rule example {
    when items > 5
    then decline
  }
}
`,
  },
  RSK0123: {
    severity: "error",
    title: "comma between clauses",
    explanation: "Clauses and fields begin with a word of their own, so nothing stands between them. Commas part the items of one list.",
    example: `event payment {
  items: number,
  country: string
}
`,
  },
} as const satisfies Record<string, CodeEntry>;
