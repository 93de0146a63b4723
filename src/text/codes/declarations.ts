import type { CodeEntry } from "./entry.ts";

/** Declarations that break a law of the language. */
export const declarationCodes = {
  RSK0401: { severity: "error", title: "unknown annotation" },
  RSK0402: { severity: "error", title: "field that cannot be key or id or time" },
  RSK0403: { severity: "error", title: "optional field with a default" },
  RSK0404: { severity: "error", title: "given twice" },
  RSK0405: { severity: "error", title: "part missing" },
  RSK0406: { severity: "error", title: "key that is not there" },
  RSK0407: { severity: "error", title: "unknown aggregate" },
  RSK0408: { severity: "error", title: "aggregate without a fitting field" },
  RSK0409: { severity: "error", title: "managed list in a window" },
  RSK0410: { severity: "error", title: "bad duration" },
  RSK0411: { severity: "error", title: "feature out of place" },
  RSK0412: { severity: "error", title: "recursion" },
  RSK0413: { severity: "error", title: "unknown policy" },
  RSK0414: { severity: "error", title: "thresholds out of order" },
  RSK0415: { severity: "error", title: "beyond a limit" },
  RSK0416: { severity: "warning", title: "rule without effect" },
  RSK0417: { severity: "error", title: "private field in a reason" },
} as const satisfies Record<string, CodeEntry>;
