import type { CodeEntry } from "./entry.ts";

/** Values of a kind of their own: temperatures, ranges, rates of exchange, private data, and what it costs to decide. */
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
} as const satisfies Readonly<Record<string, CodeEntry>>;
