import { TABLE_POLICIES, type TablePolicy } from "../ir/ir.ts";
import type { Cell, CellTest, Expr, RuleClause, TableDecl, TableRow } from "../syntax/ast.ts";
import type { Span } from "../text/span.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { BOOL } from "../types/type.ts";
import type { RuleInfo, TableInfo } from "./checked.ts";
import { checkCondition, checkLaws, readClauses, type Clauses, type Place } from "./clauses.ts";
import { checkDoes, checkSays, NOTHING_SAID, reportSilent, type Does, type Says } from "./rules.ts";

/** What an output column can say, by its heading. */
const OUTPUTS: ReadonlyMap<string, RuleClause["kind"]> = new Map([
  ["then", "Then"],
  ["score", "Score"],
  ["reason", "Reason"],
  ["notice", "Notice"],
  ["tags", "Tags"],
]);

/** What the rows of one table have in common. */
interface Shared {
  readonly table: TableInfo;
  readonly says: Says;
  readonly does: Does;
  readonly columns: readonly boolean[];
}

/**
 * Gives a table its meaning: every row becomes a rule that shares the clauses of the table. Conditions of rows are built
 * as expressions over the nodes of columns and cells, so that all that holds for rules holds for them.
 */
export function checkTable(place: Place, decl: TableDecl): { readonly table: TableInfo; readonly rows: readonly RuleInfo[] } {
  const { build, context } = place;
  const clauses = readClauses(build, decl.clauses);
  const guard = clauses.get("When")?.condition ?? null;
  if (guard !== null) checkCondition(place, guard, "`when`", decl.name);
  const policy = checkPolicy(place, decl);
  checkOutputs(place, decl);
  const columns = decl.columns.map((column) => {
    const { kind } = context.infer(column);
    checkLaws(place, column, decl.name);
    return kind !== "error";
  });
  const says = checkSays(place, decl.name, clauses, NOTHING_SAID);
  const does = checkDoes(place, decl.name, clauses);
  const table: TableInfo = { decl, policy, guard, hold: does.hold };
  const shared: Shared = { table, says, does, columns };
  const rows = decl.rows.flatMap((row, i) => checkRow(place, shared, row, i + 1) ?? []);
  if (decl.name.name !== "" && isSilent(decl, clauses, does) && !build.report.touches(decl.span)) reportSilent(build, "table", decl.name);
  return { table, rows };
}

function isSilent({ outputs }: TableDecl, clauses: Clauses, does: Does): boolean {
  if (outputs.some(({ name }) => name === "then" || name === "score")) return false;
  if (clauses.get("Then") !== undefined || clauses.get("Score") !== undefined) return false;
  return does.effects.length === 0 && does.onMissing.action !== "outcome";
}

function checkPolicy({ build }: Place, { policy }: TableDecl): TablePolicy {
  if (policy === null) return "first";
  const known = TABLE_POLICIES.find((each) => each === policy.name);
  if (known !== undefined || policy.name === "") return known ?? "first";
  const close = closest(policy.name, TABLE_POLICIES);
  build.report.add("RSK0413", policy.span, `there is no policy \`${policy.name}\` for tables`, didYouMean(close, policy.span, "the policies of tables are `first`, `unique` and `all`"));
  return "first";
}

function checkOutputs({ build }: Place, { outputs }: TableDecl): void {
  const seen = new Map<string, Span>();
  for (const { name, span } of outputs) {
    if (name === "") continue;
    if (!OUTPUTS.has(name)) {
      const close = closest(name, OUTPUTS.keys());
      build.report.add("RSK0438", span, `a row cannot say \`${name}\``, didYouMean(close, span, "the columns after `=>` are `then`, `score`, `reason`, `notice` and `tags`"));
    }
    const first = seen.get(name);
    if (first === undefined) seen.set(name, span);
    else build.report.add("RSK0404", span, `the column \`${name}\` is given twice`, { labels: [{ span: first, message: "first here" }], help: "keep one of them" });
  }
}

function checkRow(place: Place, shared: Shared, row: TableRow, number: number): RuleInfo | undefined {
  const { table, does } = shared;
  const { decl } = table;
  const fits = countFits(place, row, row.cells.length, decl.columns.length, "cell", "column") && countFits(place, row, row.outputs.length, decl.outputs.length, "result", "result column");
  if (!fits) return undefined;
  const cells = checkCells(place, shared, row);
  const said = readClauses(place.build, saidBy(decl, row));
  const says = checkSays(place, decl.name, said, shared.says);
  const when = table.guard === null ? cells : join(place, "and", [table.guard, cells], row.span);
  return { decl, row: { table, number, decl: row, cells }, when, ...says, ...does, span: row.span };
}

/** What the outputs of a row say, without columns that are reported. */
function saidBy({ outputs }: TableDecl, row: TableRow): readonly RuleClause[] {
  return row.outputs.filter((each, i): each is RuleClause => {
    const name = outputs[i]?.name ?? "";
    return each !== null && OUTPUTS.get(name) === each.kind && outputs.findIndex((column) => column.name === name) === i;
  });
}

function countFits({ build }: Place, row: TableRow, count: number, wanted: number, what: string, column: string): boolean {
  if (count === wanted) return true;
  if (!build.report.touches(row.span)) {
    build.report.add("RSK0430", row.span, `this row has ${counted(count, what)}, the table has ${counted(wanted, column)}`, {
      help: count < wanted ? "write `-` where a column does not matter" : "drop what is too much, or add a column",
    });
  }
  return false;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** The condition that the cells of a row make. */
function checkCells(place: Place, { table, columns }: Shared, row: TableRow): Expr {
  const asked: Expr[] = [];
  row.cells.forEach((cell, i) => {
    const column = table.decl.columns[i];
    if (column === undefined || columns[i] !== true || cell.tests.length === 0) return;
    const tests = cell.tests.map((test) => testOf(column, cell, test));
    for (const test of tests) checkCondition(place, test, "a cell", table.decl.name);
    asked.push(join(place, "or", tests, cell.span));
  });
  return join(place, "and", asked, row.span);
}

/** A cell as a condition on its column; places are those of the cell, so that findings show it. */
function testOf(column: Expr, cell: Cell, test: CellTest): Expr {
  const { span } = test;
  switch (test.kind) {
    case "Compare":
      return { kind: "Binary", op: test.op, opSpan: test.opSpan, left: column, right: test.value, span };
    case "Within":
      return { kind: "In", negated: false, item: column, container: test.range, opSpan: { ...span, end: span.start }, span };
    case "Among":
      return { kind: "In", negated: test.negated, item: column, container: test.container, opSpan: test.opSpan, span };
    case "Presence":
      return { kind: "IsMissing", negated: test.negated, operand: column, span: cell.span };
  }
}

/**
 * Conditions joined by one operator, as a balanced tree: a cell may have thousands of alternatives. The conditions are
 * checked already, so only the joints get a type. No condition at all is true.
 */
function join(place: Place, op: "and" | "or", conditions: readonly Expr[], span: Span): Expr {
  const { types } = place.context.tables;
  const [only] = conditions;
  if (only !== undefined && conditions.length === 1) return only;
  if (only === undefined) {
    const always: Expr = { kind: "BoolLit", value: true, span };
    types.set(always, BOOL);
    return always;
  }
  const middle = Math.floor(conditions.length / 2);
  const left = join(place, op, conditions.slice(0, middle), span);
  const right = join(place, op, conditions.slice(middle), span);
  const joined: Expr = { kind: "Binary", op, opSpan: { ...span, end: span.start }, left, right, span };
  types.set(joined, BOOL);
  return joined;
}
