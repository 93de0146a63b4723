import type { Column, Columns } from "./columns.ts";
import type { Condition } from "./conditions.ts";
import type { Test } from "./tests.ts";

/** One of the alternatives of a condition: tests that must all be true. */
export interface Clause {
  readonly tests: ReadonlyMap<Column, Test>;
  /** Whether the tests say all of it; otherwise they only refute it. */
  readonly whole: boolean;
}

/** A condition of more alternatives keeps some of them together and is asked where the rest does not refute it. */
export const MAX_CLAUSES = 16;

const EVERYTHING: Clause = { tests: new Map(), whole: true };
const SOMETHING: Clause = { tests: new Map(), whole: false };

/** The alternatives of a condition, of which one without tests stands for what is never refuted. */
export function clausesOf(condition: Condition, columns: Columns): readonly Clause[] {
  const simple = simplified(condition, columns);
  switch (simple.kind) {
    case "fixed":
      return simple.value ? [EVERYTHING] : [];
    case "rest":
      return [SOMETHING];
    case "ask":
      return [{ tests: new Map([[simple.column, simple.test]]), whole: true }];
    case "any":
      return anyOf(simple.parts.map((part) => clausesOf(part, columns)));
    case "all":
      return allOf(simple.parts.map((part) => clausesOf(part, columns)));
  }
}

function anyOf(parts: readonly (readonly Clause[])[]): readonly Clause[] {
  const clauses = parts.flat();
  return clauses.length > MAX_CLAUSES || clauses.some(({ tests }) => tests.size === 0) ? [SOMETHING] : clauses;
}

function allOf(parts: readonly (readonly Clause[])[]): readonly Clause[] {
  let clauses: readonly Clause[] = [EVERYTHING];
  // Those of few alternatives first: what does not fit any more is left to the condition.
  for (const part of parts.toSorted((a, b) => a.length - b.length)) {
    clauses =
      clauses.length * part.length > MAX_CLAUSES
        ? clauses.map((clause) => ({ ...clause, whole: false }))
        : clauses.flatMap((clause) => part.map((other) => together(clause, other)));
  }
  return clauses;
}

function together(a: Clause, b: Clause): Clause {
  const tests = new Map(a.tests);
  let whole = a.whole && b.whole;
  for (const [column, test] of b.tests) {
    const known = tests.get(column);
    // Of several parts of a text one is looked for.
    if (known !== undefined && column.kind === "infix") whole = false;
    else tests.set(column, joined("all", known, test));
  }
  return { tests, whole };
}

function joined(kind: "all" | "any", known: Test | undefined, test: Test): Test {
  return known === undefined ? test : { kind, tests: [known, test] };
}

/** The same condition with what one column is asked by its parts as one test, so that it makes no alternatives. */
function simplified(condition: Condition, columns: Columns): Condition {
  if (condition.kind === "ask") return { ...condition, column: columns.better(condition.column) };
  if (condition.kind !== "all" && condition.kind !== "any") return condition;
  const { kind } = condition;
  const tests = new Map<Column, Test>();
  const others: Condition[] = [];
  for (const part of condition.parts) {
    const each = simplified(part, columns);
    if (each.kind === "ask" && (kind === "any" || each.column.kind !== "infix")) tests.set(each.column, joined(kind, tests.get(each.column), each.test));
    else if (each.kind === kind) others.push(...each.parts);
    else others.push(each);
  }
  const asks = [...tests].map(([column, test]): Condition => ({ kind: "ask", column, test }));
  const parts = [...asks, ...others];
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : { kind, parts };
}
