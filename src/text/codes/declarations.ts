import type { CodeEntry } from "./entry.ts";

/** Declarations that break a law of the language. */
export const declarationCodes = {
} as const satisfies Record<string, CodeEntry>;
