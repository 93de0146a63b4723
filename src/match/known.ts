import type { Truths } from "./classes.ts";
import { type Cluster, type ColumnRows, columnRows, type TruthsOf } from "./clusters.ts";
import type { Column } from "./columns.ts";
import { divide, type Divided } from "./division.ts";
import { ReadConditions } from "./readings.ts";
import { constantsOf, type Division, type Test, truthsOf } from "./tests.ts";

/** The rows of a column of some clauses, in their order. */
interface KnownRows {
  /** Undefined for a clause that does not ask it. */
  readonly tests: readonly (Test | undefined)[];
  readonly division: Division;
  readonly words: number;
  readonly rows: ColumnRows;
}

/**
 * What of the index of a ruleset the next one may consist of. Clauses that did not change have the tests that they had, and
 * a column whose constants did not change its division; where both are so, classes and rows are as they were.
 */
export class KnownIndex {
  readonly conditions = new ReadConditions();
  readonly #constants = new WeakMap<Test, readonly (string | number)[]>();
  readonly #truths = new WeakMap<Test, { readonly division: Division; readonly truths: Truths }>();
  readonly #divided = new WeakMap<Column, { readonly constants: readonly (string | number)[]; readonly divided: Divided }>();
  /** By the first of the tests. */
  readonly #rows = new WeakMap<Test, KnownRows>();

  constantsOf(test: Test): readonly (string | number)[] {
    let constants = this.#constants.get(test);
    if (constants === undefined) this.#constants.set(test, (constants = [...constantsOf(test)]));
    return constants;
  }

  divide(column: Column, named: ReadonlySet<string | number>): Divided {
    const constants = [...named];
    const here = this.conditions.columns.here(column);
    const known = this.#divided.get(column);
    if (known !== undefined && isSame(known.constants, constants)) {
      const { table, division } = known.divided;
      return { table: { ...table, sides: here.sides }, division };
    }
    const divided = divide(here, named);
    this.#divided.set(column, { constants, divided });
    return divided;
  }

  readonly truthsOf: TruthsOf = (test, division) => {
    const known = this.#truths.get(test);
    if (known?.division === division) return known.truths;
    const truths = truthsOf(test, division);
    this.#truths.set(test, { division, truths });
    return truths;
  };

  rowsOf(cluster: Cluster, column: Column, divided: Divided, words: number): ColumnRows {
    const tests = cluster.clauses.map((clause) => clause.tests.get(column));
    const first = tests.find((test) => test !== undefined) as Test;
    const { division } = divided;
    const known = this.#rows.get(first);
    if (known !== undefined && known.division === division && known.words === words && isSame(known.tests, tests)) return known.rows;
    const rows = columnRows(cluster, column, divided, words, this.truthsOf);
    this.#rows.set(first, { tests, division, words, rows });
    return rows;
  }
}

function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, i) => Object.is(each, b[i]));
}
