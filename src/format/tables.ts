import type { Cell, CellTest, Ident, RuleClause, TableDecl } from "../syntax/ast.ts";
import { body, type Context } from "./body.ts";
import { ruleClause } from "./clauses.ts";
import { type Cursor, Misread } from "./cursor.ts";
import { type Doc, space } from "./doc.ts";
import { among, expression, range } from "./expressions.ts";
import { Grid, headerOf } from "./grid.ts";
import { heading, words } from "./parts.ts";

/** A decision table, its columns one below the other. */
export function table(context: Context, decl: TableDecl, until: number): Doc {
  const { cursor: c } = context;
  const { name, title, policy, clauses, columns, outputs, rows, span } = decl;
  const head = [heading(c, "table", name, title), policy === null ? [] : [space, c.ident(policy)], space];
  const grid = new Grid(c, columns.length);
  const all = [...clauses, headerOf(c, columns, outputs), ...rows].toSorted((a, b) => a.span.start - b.span.start);
  const inside = body(context, span, all, until, (unit) => {
    if (unit.kind === "Header") return grid.row([...columns.map((column) => () => expression(c, column)), ...outputs.map((each) => () => c.ident(each))], true);
    if (unit.kind !== "Row") return ruleClause(c, unit);
    return grid.row([...unit.cells.map((each) => () => cell(c, each)), ...unit.outputs.map((each, i) => () => output(c, outputs[i], each))]);
  });
  grid.align();
  return [head, inside];
}

function cell(c: Cursor, { tests }: Cell): Doc {
  if (tests.length === 0) return c.want("-");
  return tests.map((each, i): Doc => (i === 0 ? cellTest(c, each) : [c.want(","), space, cellTest(c, each)]));
}

function cellTest(c: Cursor, test: CellTest): Doc {
  switch (test.kind) {
    case "Compare":
      return [test.opSpan.start === test.opSpan.end ? [] : [c.want(test.op), space], expression(c, test.value, { tight: true })];
    case "Within":
      return range(c, test.range);
    case "Among":
      return [test.negated ? [c.want("not"), space] : [], c.want("in"), space, among(c, test.container)];
    case "Presence":
      return [c.want("is"), space, c.want(test.negated ? "present" : "missing")];
  }
}

/** What a row says, without the word that its column has. */
function output(c: Cursor, column: Ident | undefined, clause: RuleClause | null): Doc {
  if (column === undefined) throw new Misread();
  if (clause === null) return c.want("-");
  return clause.kind === "Score" ? expression(c, clause.score) : words(c, clause.span.end);
}
