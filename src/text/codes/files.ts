import type { CodeEntry } from "./entry.ts";

/** Rule folders and files that cannot be read, and mapping files of recorded streams. */
export const fileCodes = {
  RSK0501: { severity: "error", title: "rules folder cannot be read" },
  RSK0502: { severity: "error", title: "file cannot be read" },
  RSK0503: { severity: "error", title: "file is not UTF-8" },
  RSK0504: { severity: "error", title: "file is too large" },
  RSK0505: { severity: "error", title: "rules folder is too large" },
  RSK0506: { severity: "error", title: "link leaves the rules folder" },
  RSK0507: { severity: "error", title: "no rule files" },
  RSK0508: { severity: "error", title: "internal error" },
  RSK0521: { severity: "error", title: "mapping is not YAML" },
  RSK0522: { severity: "error", title: "mapping has the wrong shape" },
  RSK0523: { severity: "error", title: "unknown event type" },
  RSK0524: { severity: "error", title: "unknown field" },
  RSK0525: { severity: "error", title: "unknown column" },
  RSK0526: { severity: "error", title: "format does not fit" },
  RSK0527: { severity: "error", title: "unknown time zone" },
  RSK0528: { severity: "error", title: "required field has no column" },
} as const satisfies Record<string, CodeEntry>;
