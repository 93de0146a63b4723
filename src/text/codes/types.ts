import type { CodeEntry } from "./entry.ts";

/** Expressions whose types do not fit. */
export const typeCodes = {
  RSK0201: { severity: "error", title: "wrong type of a condition or score" },
  RSK0202: { severity: "error", title: "operator does not fit" },
  RSK0203: { severity: "error", title: "types cannot be compared" },
  RSK0204: { severity: "error", title: "units differ" },
  RSK0205: { severity: "error", title: "currencies differ" },
  RSK0206: { severity: "error", title: "unknown unit" },
  RSK0207: { severity: "error", title: "bad amount or currency" },
  RSK0208: { severity: "error", title: "bad date or time" },
  RSK0209: { severity: "error", title: "not a member of the enum" },
  RSK0210: { severity: "error", title: "mixed types" },
  RSK0211: { severity: "error", title: "argument of the wrong type" },
  RSK0212: { severity: "error", title: "wrong number of arguments" },
  RSK0213: { severity: "error", title: "no such field" },
  RSK0214: { severity: "error", title: "cannot be indexed" },
  RSK0215: { severity: "error", title: "constant that cannot be read" },
  RSK0216: { severity: "error", title: "value does not fit its declaration" },
  RSK0217: { severity: "error", title: "comparison with null" },
  RSK0218: { severity: "error", title: "alternatives of a comparison" },
  RSK0219: { severity: "error", title: "name is no value" },
} as const satisfies Record<string, CodeEntry>;
