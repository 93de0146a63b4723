import type { CodeEntry } from "./entry.ts";

const EVENT = `event payment {
  at: timestamp @time
  card: string @key
  amount: money
  items: number
}
`;

/** A ruleset over a payment with one rule of these clauses. */
const withRule = (clauses: string): string => `${EVENT}ruleset checks on payment {
  outcomes allow < decline
  rule example {
    ${clauses}
  }
}
`;

/** Rules and tables: their state, their life and what they do. */
export const ruleCodes = {
  RSK0430: {
    severity: "error",
    title: "row that does not fit its table",
    explanation:
      "Every row of a table has one cell for each column and one value for each output. A `-` asks nothing, or says nothing.",
    example: `${EVENT}ruleset checks on payment {
  outcomes allow < decline
  table limits {
    | items | amount  => then    |
    | > 3   => decline |
  }
}
`,
  },
  RSK0431: {
    severity: "error",
    title: "nothing to go by",
    explanation:
      "Conditions that must hold for a while, cooldowns and rollouts go by an entity: the fields after `by`, or else the first field of the event that is marked `@key`. This event has no such field.",
    example: `event reading {
  at: timestamp @time
  site: string
  level: number
}
ruleset checks on reading {
  outcomes ok < alarm
  rule example {
    when level > 5 for 5m
    then alarm
  }
}
`,
  },
  RSK0432: {
    severity: "error",
    title: "unknown mode",
    explanation:
      "A rule is `live`, in `shadow` (evaluated and reported, without any effect) or `off`.",
    example: withRule(`when items > 3
    then decline
    mode shaddow`),
  },
  RSK0433: {
    severity: "error",
    title: "share that is none",
    explanation:
      "A rollout names the part of all entities that the rule is for, from `0%` to `100%`.",
    example: withRule(`when items > 3
    then decline
    rollout 120% by card`),
  },
  RSK0434: {
    severity: "error",
    title: "end before the beginning",
    explanation:
      "A rule is active from one time until a later one. A date after `until` means the whole of that day.",
    example: withRule(`when items > 3
    then decline
    active from 2026-06-01 until 2026-01-31`),
  },
  RSK0435: {
    severity: "error",
    title: "state that does not fit together",
    explanation:
      "`clear when` ends what `when` began, so it needs one, and both go by the same key.",
    example: withRule(`when items > 3 for 5m by card
    clear when items < 2 for 5m by items
    then decline`),
  },
  RSK0436: {
    severity: "error",
    title: "effect on a list that cannot have it",
    explanation:
      "Rules add values of the right type to managed lists, and remove them. The entries of other lists stand in the rules folder.",
    example: `list blocked: string = ["4711"]
${withRule(`when items > 3
    then decline
    do add card to blocked`)}`,
  },
  RSK0437: {
    severity: "error",
    title: "earlier name that is taken",
    explanation:
      "`was` names what a rule was called before, so that its state and its share of a rollout go over to the new name. A name that is in use, or that another rule claims, cannot go over.",
    example: withRule(`when items > 3
    then decline
    was example`),
  },
  RSK0438: {
    severity: "error",
    title: "unknown output column",
    explanation:
      "The columns after `=>` say what a row means when it matches: `then`, `score`, `reason`, `notice` and `tags`.",
    example: `${EVENT}ruleset checks on payment {
  outcomes allow < decline
  table limits {
    | items => then    | scroe |
    | > 3   => decline | -     |
  }
}
`,
  },
} as const satisfies Record<string, CodeEntry>;
