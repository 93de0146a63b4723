import type { CodeEntry } from "./entry.ts";

/** Text that is not a sentence of the language. */
export const syntaxCodes = {
  RSK0101: { severity: "error", title: "unexpected text" },
  RSK0102: { severity: "error", title: "operator of another language" },
  RSK0103: { severity: "error", title: "comparisons in a chain" },
  RSK0104: { severity: "error", title: "unknown escape" },
  RSK0105: { severity: "error", title: "text without its closing quote" },
  RSK0106: { severity: "error", title: "typographic quotes" },
  RSK0107: { severity: "error", title: "unit apart from its number" },
  RSK0108: { severity: "error", title: "decimal comma" },
  RSK0109: { severity: "error", title: "conditions without a word between them" },
  RSK0110: { severity: "error", title: "nested too deep" },
  RSK0111: { severity: "error", title: "broken hole in a reason" },
  RSK0112: { severity: "error", title: "block without its brace" },
  RSK0113: { severity: "error", title: "misspelt keyword" },
  RSK0114: { severity: "error", title: "reserved word as a name" },
  RSK0115: { severity: "error", title: "clause of a later version" },
  RSK0116: { severity: "error", title: "brace that closes nothing" },
  RSK0117: { severity: "error", title: "range out of place" },
  RSK0118: { severity: "error", title: "number too large" },
  RSK0119: { severity: "error", title: "letters outside of a-z in a name" },
  RSK0120: { severity: "error", title: "comment or mark of another language" },
} as const satisfies Record<string, CodeEntry>;
