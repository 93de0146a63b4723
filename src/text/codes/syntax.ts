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
} as const satisfies Record<string, CodeEntry>;
