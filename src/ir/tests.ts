import type { Checked, Written } from "../check/checked.ts";
import { Expressions } from "./expressions.ts";
import { constantOf } from "./fold.ts";
import type { ExprIr } from "./ir.ts";
import { mapPlan, type TestPlan } from "./plan.ts";

/** A test whose values can be computed. */
export type TestIr = TestPlan<ExprIr>;

/** Lowers the tests of a checked folder without errors. They are no part of the program: what runs has no tests. */
export function lowerTests(checked: Checked): readonly TestIr[] {
  const frame = { size: 0, time: null, features: new Map() };
  const expressions = new Expressions({ tables: checked.tables, lists: new Map(), rates: new Map(), features: new Map(), frame, bindings: [] });
  const lower = (value: Written): ExprIr => (value.kind === "const" ? constantOf(value.value) : expressions.lower(value.expr));
  return checked.tests.map((test) => mapPlan(test.plan, lower));
}
