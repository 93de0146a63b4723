import { checkFiles } from "../../src/check/check.ts";
import type { Checked } from "../../src/check/checked.ts";
import { linkProgram } from "../../src/compile/link.ts";
import type { Program } from "../../src/compile/program.ts";
import type { ProgramIr } from "../../src/ir/ir.ts";
import { lowerProgram } from "../../src/ir/lower.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import type { Diagnostic } from "../../src/text/diagnostic.ts";
import { Report } from "../../src/text/report.ts";

/** One file of rules, checked. */
export function check(text: string, data: ReadonlyMap<string, string> = new Map()): { readonly checked: Checked; readonly diagnostics: readonly Diagnostic[] } {
  const report = new Report();
  const file = parseFile({ path: "random.risk", text }, report);
  const checked = checkFiles([file], data, report);
  return { checked, diagnostics: report.sorted() };
}

export function link(ir: ProgramIr): Program {
  const steps = linkProgram(ir);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The program of a text that has no mistakes. */
export function compile(text: string, version = "v1", data?: ReadonlyMap<string, string>): Program {
  const { checked, diagnostics } = check(text, data);
  if (diagnostics.length > 0) throw new Error(diagnostics.map((each) => `${each.code} ${each.message}`).join("\n"));
  return link(lowerProgram(checked, version, [{ path: "random.risk", text }]));
}
