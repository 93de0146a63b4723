import type { CodeEntry } from "./entry.ts";

/** Names that are unknown, taken or out of reach. */
export const nameCodes = {
  RSK0301: {
    severity: "error",
    title: "unknown name",
    explanation:
      "The name is none of the fields, features, lets and lists that can be seen here. Text stands in quotes.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when contry == "US"
    then decline
  }
}
`,
  },
  RSK0302: {
    severity: "error",
    title: "name not imported",
    explanation:
      "The name is declared in another file of the folder. Names cross files by `import` only, so that a reader finds where they come from.",
    example: {
      "lists.risk": `list home: string = ["US"]
`,
      "rules.risk": `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when country in home
    then decline
  }
}
`,
    },
  },
  RSK0303: {
    severity: "error",
    title: "unknown function",
    explanation:
      "There is neither a built-in function of this name nor a declared one.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when lenght(country) > 2
    then decline
  }
}
`,
  },
  RSK0304: {
    severity: "error",
    title: "declared twice",
    explanation:
      "A name is declared twice where it must be unique: top-level names in the whole folder, fields in an event, rules in a ruleset.",
    example: `event payment {
  items: number
  items: number
}
`,
  },
  RSK0305: {
    severity: "error",
    title: "no such rule file",
    explanation:
      "The imported rule file is neither beside the importing file nor below the root of the rules folder.",
    example: `import home from "lsts.risk"
`,
  },
  RSK0306: {
    severity: "error",
    title: "no such list file",
    explanation:
      "The file that a list names is neither beside the rule file nor below the root of the rules folder.",
    example: `list mails: string from "mails.txt"
`,
  },
  RSK0307: {
    severity: "error",
    title: "name not in the imported file",
    explanation:
      "The imported file does not declare the name.",
    example: {
      "lists.risk": `list home: string = ["US"]
`,
      "rules.risk": `import hme from "lists.risk"
`,
    },
  },
  RSK0308: {
    severity: "error",
    title: "name given further down",
    explanation:
      "A `let` sees only the lets above it, so that none can depend on itself.",
    example: `event payment {
  amount: money
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  let twice = 2 * once
  let once = items + 1
  rule example {
    when twice > 3
    then decline
  }
}
`,
  },
  RSK0309: {
    severity: "error",
    title: "type that does not exist or does not fit",
    explanation:
      "The type does not exist, takes no brackets, or cannot stand at this place.",
    example: `event payment {
  items: int
}
`,
  },
  RSK0310: {
    severity: "error",
    title: "name that means two things",
    explanation:
      "Names never shadow each other: inside a ruleset fields, features, lists and lets are all visible bare, so each needs a name of its own.",
    example: `event payment {
  amount: money
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  let items = 5
  rule example {
    when items > 3
    then decline
  }
}
`,
  },
  RSK0311: {
    severity: "error",
    title: "unknown event",
    explanation:
      "The feature or ruleset names an event that is not declared.",
    example: `ruleset checks on paymnt {
  outcomes allow < decline
}
`,
  },
  RSK0312: {
    severity: "error",
    title: "unknown outcome",
    explanation:
      "The outcome is not among those that the ruleset lists.",
    example: `event payment {
  amount: money
  country: string
  items: number
}
ruleset checks on payment {
  outcomes allow < decline
  rule example {
    when items > 1
    then declined
  }
}
`,
  },
} as const satisfies Record<string, CodeEntry>;
