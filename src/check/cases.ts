import type { PlanCase, PlanEntry, PlanExpectation } from "../ir/plan.ts";
import type { CaseRow, Expr, Ident, TestItem } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import type { Written } from "./checked.ts";
import { checkField, type Testing } from "./entries.ts";
import { checkExpectation } from "./expectations.ts";

/** What the columns after `=>` may ask. */
const OUTPUTS = ["outcome", "score", "rule", "reason", "notice"] as const;
type Output = (typeof OUTPUTS)[number];

type Cases = Extract<TestItem, { kind: "Cases" }>;

/** The rows of a table of cases, each with its fields and expectations. */
export function checkCases(testing: Testing, cases: Cases): readonly PlanCase<Written>[] {
  const { report } = testing.build;
  const seen = new Set<string>();
  for (const { name, span } of [...cases.inputs, ...cases.outputs]) {
    if (seen.has(name) && name !== "") report.add("RSK0811", span, `the column \`${name}\` stands twice`);
    seen.add(name);
  }
  const outputs = cases.outputs.map((ident) => checkOutput(testing, ident));
  if (cases.rows.length === 0 && !report.touches(cases.span)) {
    report.add("RSK0811", cases.span, "this table has no cases", { help: "write a row: `| 10 EUR => allow |`" });
  }
  return cases.rows.map((row) => checkRow(testing, cases, outputs, row));
}

function checkOutput({ build }: Testing, ident: Ident): Output | undefined {
  const known = OUTPUTS.find((each) => each === ident.name);
  if (known !== undefined || ident.name === "") return known;
  const close = closest(ident.name, OUTPUTS);
  build.report.add("RSK0811", ident.span, `a case cannot expect \`${ident.name}\``, didYouMean(close, ident.span, `after \`=>\` stand ${OUTPUTS.map((each) => `\`${each}\``).join(", ")}`));
  return undefined;
}

function checkRow(testing: Testing, cases: Cases, outputs: readonly (Output | undefined)[], row: CaseRow): PlanCase<Written> {
  const { build, ruleset } = testing;
  for (const [columns, cells, what] of [
    [cases.inputs, row.inputs, "before"],
    [cases.outputs, row.outputs, "after"],
  ] as const) {
    if (columns.length === cells.length || build.report.touches(row.span)) continue;
    build.report.add("RSK0811", row.span, `this row has ${cells.length} cells ${what} \`=>\`, the table has ${columns.length} columns there`, {
      help: "write `-` where a cell says nothing",
    });
  }
  const fields: PlanEntry<Written>[] = [];
  cases.inputs.forEach((name, i) => {
    const value = row.inputs[i];
    if (value === null || value === undefined) return;
    const entry = checkField(testing, name, value, ruleset.event);
    if (entry !== undefined) fields.push(entry);
  });
  const expectations: PlanExpectation<Written>[] = [];
  outputs.forEach((output, i) => {
    const value = row.outputs[i];
    if (output === undefined || value === null || value === undefined) return;
    const expectation = expectationOf(testing, output, value);
    if (expectation !== undefined) expectations.push(expectation);
  });
  return { fields, expectations, span: row.span };
}

function expectationOf(testing: Testing, output: Output, value: Expr): PlanExpectation<Written> | undefined {
  const { span } = value;
  if (output === "score") return checkExpectation(testing, { kind: "ExpectScore", op: "==", value, span });
  if (value.kind === "Error") return undefined;
  if (value.kind !== "Name") {
    testing.build.report.add("RSK0811", span, `the column \`${output}\` takes a bare name`);
    return undefined;
  }
  const ident: Ident = { kind: "Ident", name: value.name, span };
  switch (output) {
    case "outcome":
      return checkExpectation(testing, { kind: "ExpectOutcome", outcome: ident, span });
    case "rule":
      return checkExpectation(testing, { kind: "ExpectRule", state: "hit", rule: ident, row: null, span });
    default:
      return checkExpectation(testing, { kind: "ExpectReason", negated: false, of: output, code: ident, text: null, span });
  }
}
