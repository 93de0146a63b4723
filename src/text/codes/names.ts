import type { CodeEntry } from "./entry.ts";

/** Names that are unknown, taken or out of reach. */
export const nameCodes = {
} as const satisfies Record<string, CodeEntry>;
