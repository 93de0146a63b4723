import type { CodeEntry } from "./entry.ts";

/** Text that is not a sentence of the language. */
export const syntaxCodes = {
  RSK0101: { severity: "error", title: "unexpected text" },
} as const satisfies Record<string, CodeEntry>;
