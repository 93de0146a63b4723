import type { CodeEntry } from "./entry.ts";

/** Expressions whose types do not fit. */
export const typeCodes = {
} as const satisfies Record<string, CodeEntry>;
