import type { Code } from "./codes.ts";
import type { Span } from "./span.ts";

export type Severity = "error" | "warning";

/** A second place that explains the first. */
export interface Label {
  readonly span: Span;
  readonly message: string;
}

export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/**
 * A change that mends the mistake. `safe` keeps the author's meaning beyond doubt and may be applied unseen;
 * `maybe` is the likeliest of several readings.
 */
export interface Fix {
  readonly title: string;
  readonly applicability: "safe" | "maybe";
  readonly edits: readonly Edit[];
}

/**
 * One finding about a rules folder; the same object serves the command line, HTTP bodies and editors.
 * Texts are lower case without a full stop, names in back-ticks, and speak the language of rule authors.
 */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  /** What is written under the carets of `span`, when it says more than the message. */
  readonly label?: string;
  readonly labels: readonly Label[];
  readonly notes: readonly string[];
  readonly help?: string;
  readonly fixes: readonly Fix[];
  /** Where the code is explained, an anchor in the reference. */
  readonly docs: string;
}

/** The optional parts of a diagnostic, as the places that report one give them. */
export interface Details {
  readonly label?: string;
  readonly labels?: readonly Label[];
  readonly notes?: readonly string[];
  readonly help?: string;
  readonly fixes?: readonly Fix[];
}
