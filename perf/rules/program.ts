import type { ProgramIr, RuleIr, RulesetIr } from "../../src/ir/ir.ts";
import { lowerProgram } from "../../src/ir/lower.ts";
import { check } from "../../test/oracle/pipeline.ts";
import type { Written } from "./conditions.ts";
import { EVENT } from "./events.ts";

/** Rules of one file: many more would be a file that nobody writes. */
const RULES_A_FILE = 5_000;

/** What rules may cost together is not asked here: 100,000 of them are more than the limit lets in. */
const COSTLY: ReadonlySet<string> = new Set(["RSK0460", "RSK0461"]);

function fileOf(rules: readonly Written[], first: number): string {
  const written = rules.map(({ rule }, i) => `  rule r${first + i} { when ${rule} then review score 1 reason R${first + i} "rule ${first + i}" }`);
  return `${EVENT}\nruleset card on payment {\n  outcomes allow < review\n  policy worst\n${written.join("\n")}\n}`;
}

/** One ruleset of all rules. They name fields only, so that rules of several files can stand in one. */
export function programOf(rules: readonly Written[]): ProgramIr {
  let program: ProgramIr | undefined;
  const lowered: RuleIr[] = [];
  for (let at = 0; at < rules.length; at += RULES_A_FILE) {
    const { checked, diagnostics } = check(fileOf(rules.slice(at, at + RULES_A_FILE), at));
    const mistake = diagnostics.find(({ code }) => !COSTLY.has(code));
    if (mistake !== undefined) throw new Error(`${mistake.code} ${mistake.message}`);
    program = lowerProgram(checked, "v1");
    lowered.push(...(program.rulesets[0] as RulesetIr).rules);
  }
  if (program === undefined) throw new Error("there are no rules");
  return { ...program, rulesets: [{ ...(program.rulesets[0] as RulesetIr), rules: lowered }] };
}
