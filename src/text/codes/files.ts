import type { CodeEntry } from "./entry.ts";

/** Rule folders and files that cannot be read, and mapping files of recorded streams. */
export const fileCodes = {
  RSK0501: {
    severity: "error",
    title: "rules folder cannot be read",
    explanation:
      "The rules folder is not there, is no folder, or may not be read.",
    example: null,
  },
  RSK0502: {
    severity: "error",
    title: "file cannot be read",
    explanation:
      "The file vanished or may not be read.",
    example: null,
  },
  RSK0503: {
    severity: "error",
    title: "file is not UTF-8",
    explanation:
      "Rule files and list files are UTF-8.",
    example: null,
  },
  RSK0504: {
    severity: "error",
    title: "file is too large",
    explanation:
      "A file passes the limit that keeps a slip, such as a log file in the rules folder, from taking the memory of the service.",
    example: null,
  },
  RSK0505: {
    severity: "error",
    title: "rules folder is too large",
    explanation:
      "The folder holds more files or more text than one rule set can use.",
    example: null,
  },
  RSK0506: {
    severity: "error",
    title: "link leaves the rules folder",
    explanation:
      "A link leads out of the rules folder. What is active must be what the folder holds.",
    example: null,
  },
  RSK0507: {
    severity: "error",
    title: "no rule files",
    explanation:
      "The folder holds no file that ends in `.risk`.",
    example: null,
  },
  RSK0508: {
    severity: "error",
    title: "internal error",
    explanation:
      "A fault of sluice itself. The active rules stay; please report it with the files that cause it.",
    example: null,
  },
  RSK0509: {
    severity: "error",
    title: "file cannot be formatted",
    explanation:
      "Formatted, the file would not mean the same, so it is left as it is. This is a fault of sluice; please report it with the file.",
    example: null,
  },
  RSK0510: {
    severity: "warning",
    title: "analysis failed",
    explanation:
      "A fault of sluice itself while it looked for warnings. The rules are sound and in use; please report it with the files that cause it.",
    example: null,
  },
  RSK0521: {
    severity: "error",
    title: "mapping is not YAML",
    explanation:
      "The file given with `--map` is not YAML.",
    example: null,
  },
  RSK0522: {
    severity: "error",
    title: "mapping has the wrong shape",
    explanation:
      "The mapping has the wrong shape: `type`, `time_zone` and `fields` with a column, a constant or a place each.",
    example: null,
  },
  RSK0523: {
    severity: "error",
    title: "unknown event type",
    explanation:
      "The mapping names no event type, or one that the rules do not declare.",
    example: null,
  },
  RSK0524: {
    severity: "error",
    title: "unknown field",
    explanation:
      "The mapping gives a field that the event type does not have.",
    example: null,
  },
  RSK0525: {
    severity: "error",
    title: "unknown column",
    explanation:
      "The recorded file has no column of this name.",
    example: null,
  },
  RSK0526: {
    severity: "error",
    title: "format does not fit",
    explanation:
      "The format does not fit the type of the field.",
    example: null,
  },
  RSK0527: {
    severity: "error",
    title: "unknown time zone",
    explanation:
      "The time zone is none of the IANA names, such as `Europe/Berlin`.",
    example: null,
  },
  RSK0528: {
    severity: "error",
    title: "required field has no column",
    explanation:
      "A required field has neither a column nor a constant.",
    example: null,
  },
} as const satisfies Record<string, CodeEntry>;
