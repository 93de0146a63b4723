import type { CodeEntry } from "./entry.ts";

/** Expressions whose types do not fit. */
export const typeCodes = {
  RSK0201: {
    severity: "error",
    title: "wrong type of a condition or score",
    explanation:
      "A condition is true or false, and a score is a plain number without a unit.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when country
    then decline
  }
}
`,
  },
  RSK0202: {
    severity: "error",
    title: "operator does not fit",
    explanation:
      "The operator has no meaning between values of these types.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when country * 2 > 3
    then decline
  }
}
`,
  },
  RSK0203: {
    severity: "error",
    title: "types cannot be compared",
    explanation:
      "Values of different types are never equal and have no order, so the comparison could not be meant. Money is compared with money: write the currency.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when amount > 1000
    then decline
  }
}
`,
  },
  RSK0204: {
    severity: "error",
    title: "units differ",
    explanation:
      "Numbers carry their unit in their type and do not mix with another unit or with none. Write the value in the unit of the other side.",
    example: `event payment {
  temperature: number[degC]
}
ruleset checks on payment {
  outcomes ok < alarm
  rule example {
    when temperature > 85
    then alarm
  }
}
`,
  },
  RSK0205: {
    severity: "error",
    title: "currencies differ",
    explanation:
      "Amounts of two currencies have no order and no sum.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when 5 USD < 6 EUR
    then decline
  }
}
`,
  },
  RSK0206: {
    severity: "error",
    title: "unknown unit",
    explanation:
      "The unit is none of those that the reference lists. Products and quotients of them, such as `mm/s`, are units too.",
    example: `event payment {
  speed: number[km/h]
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when speed > 50kmh
    then decline
  }
}
`,
  },
  RSK0207: {
    severity: "error",
    title: "bad amount or currency",
    explanation:
      "An amount is digits and an ISO 4217 code in capitals, with no more decimal places than the currency has.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when amount > 1.005 USD
    then decline
  }
}
`,
  },
  RSK0208: {
    severity: "error",
    title: "bad date or time",
    explanation:
      "The date or time does not exist, or its zone is missing.",
    example: `event payment {
  at: timestamp @time
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when at > 2026-02-30
    then decline
  }
}
`,
  },
  RSK0209: {
    severity: "error",
    title: "not a member of the enum",
    explanation:
      "An enum takes only the members that its field declares.",
    example: `event payment {
  channel: enum(pos, ecom)
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when channel == ecm
    then decline
  }
}
`,
  },
  RSK0210: {
    severity: "error",
    title: "mixed types",
    explanation:
      "Items of a list, keys and values of a map and both results of `? :` have one type each.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items in [1, "2"]
    then decline
  }
}
`,
  },
  RSK0211: {
    severity: "error",
    title: "argument of the wrong type",
    explanation:
      "A function takes arguments of the types that its signature names.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when size(items) > 3
    then decline
  }
}
`,
  },
  RSK0212: {
    severity: "error",
    title: "wrong number of arguments",
    explanation:
      "The call gives more or fewer arguments than the function takes.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when lower(country, "x") == "us"
    then decline
  }
}
`,
  },
  RSK0213: {
    severity: "error",
    title: "no such field",
    explanation:
      "The event, place or value has no field of this name.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when payment.amout > 5 USD
    then decline
  }
}
`,
  },
  RSK0214: {
    severity: "error",
    title: "cannot be indexed",
    explanation:
      "Only lists are indexed by number, and maps by their keys.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items[0] > 1
    then decline
  }
}
`,
  },
  RSK0215: {
    severity: "error",
    title: "constant that cannot be read",
    explanation:
      "A constant text is meant to be read as a pattern, an address or a time and can never be.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when country.matches("(")
    then decline
  }
}
`,
  },
  RSK0216: {
    severity: "error",
    title: "value does not fit its declaration",
    explanation:
      "The value does not have the type that is declared for it, or is no literal where only a literal can stand.",
    example: `event payment {
  threeds: bool = 5
}
`,
  },
  RSK0217: {
    severity: "error",
    title: "comparison with null",
    explanation:
      "An absent value is missing, and a comparison with missing is missing. Ask with `is missing` or `is present`.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when country == null
    then decline
  }
}
`,
  },
  RSK0218: {
    severity: "error",
    title: "alternatives of a comparison",
    explanation:
      "`or` and `and` stand between conditions. A value that may be one of several is compared with a list.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when country == "US" or "CA"
    then decline
  }
}
`,
  },
  RSK0219: {
    severity: "error",
    title: "name is no value",
    explanation:
      "The name is declared but stands for no value: a function without its arguments, an event of another type, a ruleset.",
    example: `function twice(x: number): number = 2 * x
event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when twice > 3
    then decline
  }
}
`,
  },
  RSK0220: {
    severity: "error",
    title: "`known` of no feature",
    explanation:
      "`known(f)` asks whether all of the window of the feature `f` was seen. Only a feature, by its name, has a window: a field is there or not (`is present`), the time of a `last` belongs to its feature, and what is made of several features is known when each of them is.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when known(items) and items > 3
    then decline
  }
}
`,
  },
} as const satisfies Record<string, CodeEntry>;
