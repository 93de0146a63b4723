import type { ExprIr, ListIr } from "../ir/ir.ts";
import { type Clause, clausesOf } from "./clauses.ts";
import { type Asking, type Column, Columns } from "./columns.ts";
import { type Condition, readCondition } from "./conditions.ts";

/** A condition taken apart. */
export interface Read {
  readonly clauses: readonly Clause[];
  /** The clauses of each operand of a chain of `and`; none where the condition is no such chain. */
  readonly operands: () => readonly (readonly Clause[])[];
}

/** One bit of a number has its sign. */
const MAX_OPERANDS = 31;

/** What was read of a condition. */
interface Known {
  readonly condition: Condition;
  /** In the order in which it asked for them. */
  readonly asked: readonly Asking[];
  /** Columns that tell whether there is a value, with those that were asked instead of them. */
  better: ReadonlyMap<Column, Column>;
  read: Read | null;
}

const REST: Condition = { kind: "rest" };

/** The conditions of a ruleset as clauses; those that are the same nodes as in the index before are not taken apart again. */
export class ReadConditions {
  readonly columns = new Columns();
  readonly #known = new WeakMap<ExprIr, Known>();

  /** @param conditions null for one that nothing is asked of before it is computed */
  read(conditions: readonly (ExprIr | null)[], lists: readonly ListIr[]): readonly Read[] {
    const { columns } = this;
    columns.begin();
    // All before the first is taken apart: what one asks decides which column tells another whether there is a value.
    const known = conditions.map((when) => (when === null ? null : this.#condition(when, lists)));
    return known.map((each, i) => (each === null ? { clauses: clausesOf(REST, columns), operands: () => [] } : this.#clauses(each, conditions[i] as ExprIr, lists)));
  }

  #condition(when: ExprIr, lists: readonly ListIr[]): Known {
    const { columns } = this;
    const known = this.#known.get(when);
    if (known !== undefined) {
      for (const asking of known.asked) columns.meet(asking);
      return known;
    }
    columns.takeAsked();
    const condition = readCondition(when, { columns, lists });
    const made: Known = { condition, asked: columns.takeAsked(), better: new Map(), read: null };
    this.#known.set(when, made);
    return made;
  }

  #clauses(known: Known, when: ExprIr, lists: readonly ListIr[]): Read {
    const { columns } = this;
    const { condition, asked, better, read } = known;
    const present = asked.filter(({ column }) => column.kind === "presence").map(({ column }) => column);
    if (read !== null && present.every((column) => better.get(column) === columns.better(column))) return read;
    const of = (operand: ExprIr): readonly Clause[] => clausesOf(readCondition(operand, { columns, lists }), columns);
    let operands: readonly (readonly Clause[])[] | null = null;
    known.better = new Map(present.map((column) => [column, columns.better(column)]));
    known.read = { clauses: clausesOf(condition, columns), operands: () => (operands ??= when.op !== "and" || when.operands.length > MAX_OPERANDS ? [] : when.operands.map(of)) };
    return known.read;
  }
}
