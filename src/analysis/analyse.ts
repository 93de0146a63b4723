import type { Checked } from "../check/checked.ts";
import type { EventIr, ProgramIr } from "../ir/ir.ts";
import type { RuleFile } from "../syntax/ast.ts";
import { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import { applyIgnores } from "./ignores.ts";
import { lintLife } from "./lint/life.ts";
import type { Linted } from "./lint/lint.ts";
import { lintScale } from "./lint/scale.ts";
import { lintStyle } from "./lint/style.ts";
import { lintTested } from "./lint/tested.ts";
import { lintUnused } from "./lint/unused.ts";
import { RulesetAnalyser } from "./ruleset.ts";
import { tell } from "./tell.ts";

/** A folder without errors, and what it is looked at with. */
export interface Analysed {
  readonly files: readonly RuleFile[];
  readonly sources: ReadonlyMap<string, SourceFile>;
  readonly checked: Checked;
  readonly ir: ProgramIr;
  /** Milliseconds since 1970, for what depends on the day; null to leave that out. */
  readonly now: number | null;
  /** Whether the files are all of a folder; of a part it cannot be said what nobody uses. */
  readonly whole: boolean;
}

/** Reports what authors of correct rules should know of them: warnings only, also where the analysis itself fails. */
export function analyseProgram(analysed: Analysed, report: Report): void {
  try {
    analyse(analysed, report);
  } catch (error) {
    // A fault of ours must not keep correct rules from being used.
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    report.add("RSK0510", { file: ".", start: 0, end: 0 }, `the analysis of these rules failed: ${text}`, {
      help: "this is a fault of sluice, not of the rules, which are in use; please report it with the rule files that cause it",
    });
  }
}

function analyse({ files, sources, checked, ir, now, whole }: Analysed, report: Report): void {
  const found = new Report();
  const linted: Linted = { report: found, files, checked, now, whole };
  lintUnused(linted);
  lintStyle(linted);
  lintLife(linted);
  lintTested(linted);
  lintScale(linted);
  ir.rulesets.forEach((ruleset, i) => {
    const info = checked.rulesets[i];
    const event = ir.events.find((each): each is EventIr => each.schema.name === ruleset.event);
    if (info === undefined || event === undefined) return;
    const analyser = new RulesetAnalyser({ event, features: ir.features, lists: ir.lists, rates: ir.rates });
    tell(found, analyser.update(ruleset, info.rules.map((rule) => rule.when)), info, ruleset);
  });
  applyIgnores(found.sorted(), files, sources, report);
}
