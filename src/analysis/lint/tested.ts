import type { RulesetInfo } from "../../check/checked.ts";
import type { TestDecl } from "../../syntax/ast.ts";
import type { Linted } from "./lint.ts";
import { mentions } from "./names.ts";

/** From this share on of rules that tests name, the others look forgotten rather than left out. */
const COMMON_SHARE = 0.5;

/** Rules that no test names, in rulesets whose tests name most. */
export function lintTested({ report, files, checked }: Linted): void {
  const tests = files.flatMap((file) => file.decls.filter((decl): decl is TestDecl => decl.kind === "Test"));
  for (const ruleset of checked.rulesets) {
    const named = expected(tests.filter((test) => test.ruleset.name === ruleset.decl.name.name));
    const { tested, bare } = split(ruleset, named);
    if (bare.length === 0 || tested < (tested + bare.length) * COMMON_SHARE) continue;
    for (const { name } of bare) report.add("RSK0607", name.span, `no test names \`${name.name}\``, { help: `write one that ends in \`expect rule ${name.name}\`` });
  }
}

/** Everything that the expectations of tests name: rules, tables, reasons. */
function expected(tests: readonly TestDecl[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { items } of tests) for (const item of items) if (item.kind === "Expect" || item.kind === "Cases") mentions(item, found);
  return found;
}

function split(ruleset: RulesetInfo, named: ReadonlySet<string>): { readonly tested: number; readonly bare: readonly RulesetInfo["rules"][number]["decl"][] } {
  const bare = new Set<RulesetInfo["rules"][number]["decl"]>();
  const tested = new Set<RulesetInfo["rules"][number]["decl"]>();
  for (const { decl, reason, mode } of ruleset.rules) {
    if (mode === "off") continue;
    if (named.has(decl.name.name) || (reason !== null && named.has(reason.code))) tested.add(decl);
    else bare.add(decl);
  }
  return { tested: tested.size, bare: [...bare].filter((decl) => !tested.has(decl)) };
}
