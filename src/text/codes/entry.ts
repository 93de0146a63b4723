import type { Severity } from "../diagnostic.ts";

/** What is known of a diagnostic code apart from the places that report it. */
export interface CodeEntry {
  readonly severity: Severity;
  readonly title: string;
}
