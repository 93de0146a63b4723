import type { CodeEntry } from "./entry.ts";

/** Rule folders and files that cannot be read. */
export const fileCodes = {
} as const satisfies Record<string, CodeEntry>;
