import type { Severity } from "../diagnostic.ts";

/** What is known of a diagnostic code apart from the places that report it. */
export interface CodeEntry {
  readonly severity: Severity;
  readonly title: string;
  /** What it means, why it is so, and what to write instead. */
  readonly explanation: string;
  /** Rules that cause it, or null where no rule file can show it. */
  readonly example: Example | null;
}

/** The text of one rule file, or the texts of a folder by path. */
export type Example = string | Readonly<Record<string, string>>;
