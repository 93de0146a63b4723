import type { Checked } from "../../check/checked.ts";
import type { RuleFile } from "../../syntax/ast.ts";
import type { Report } from "../../text/report.ts";

/** What lints look at. */
export interface Linted {
  readonly report: Report;
  readonly files: readonly RuleFile[];
  readonly checked: Checked;
  /** Milliseconds since 1970; null where no lint may depend on the day. */
  readonly now: number | null;
  /** Whether the files are all of a folder, so that what none of them uses is used by nobody. */
  readonly whole: boolean;
}
