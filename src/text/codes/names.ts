import type { CodeEntry } from "./entry.ts";

/** Names that are unknown, taken or out of reach. */
export const nameCodes = {
  RSK0301: { severity: "error", title: "unknown name" },
  RSK0302: { severity: "error", title: "name not imported" },
  RSK0303: { severity: "error", title: "unknown function" },
  RSK0304: { severity: "error", title: "declared twice" },
  RSK0305: { severity: "error", title: "no such rule file" },
  RSK0306: { severity: "error", title: "no such list file" },
  RSK0307: { severity: "error", title: "name not in the imported file" },
  RSK0308: { severity: "error", title: "name given further down" },
  RSK0309: { severity: "error", title: "type that does not exist or does not fit" },
  RSK0310: { severity: "error", title: "name that means two things" },
  RSK0311: { severity: "error", title: "unknown event" },
  RSK0312: { severity: "error", title: "unknown outcome" },
} as const satisfies Record<string, CodeEntry>;
