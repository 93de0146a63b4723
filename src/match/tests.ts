import type { Comparison } from "../ir/ir.ts";
import { both, either, FALSE, MISSING, NO_CLASS, not, only, span, TRUE, type ClassSet, type Truths } from "./classes.ts";

/** What a condition asks of one column. */
export type Test =
  | { readonly kind: "compare"; readonly how: Comparison; readonly value: number }
  /** The value is one of these. */
  | { readonly kind: "among"; readonly values: readonly (string | number)[] }
  | { readonly kind: "begins"; readonly with: string }
  /** Of a column of both sides of a comparison: it is true for this factor. */
  | { readonly kind: "factor"; readonly value: number }
  | { readonly kind: "true" }
  | { readonly kind: "absent" }
  | { readonly kind: "not"; readonly test: Test }
  | { readonly kind: "all" | "any"; readonly tests: readonly Test[] };

/** How the constants that tests name divide the values of a column into classes. */
export interface Division {
  /** Classes of the column's own kind. */
  readonly count: number;
  /** Of a number among the limits of the column: the class of itself; lesser and greater values have those beside it. */
  readonly ofNumber: (value: number) => number;
  /** Of a text. */
  readonly ofText: (value: string) => number;
  /** The first class after those of the texts that begin so. */
  readonly afterPrefix: (prefix: string) => number;
}

/** What a test comes to in every class. */
export function truthsOf(test: Test, division: Division): Truths {
  switch (test.kind) {
    case "compare":
      return plain(compared(test.how, division.ofNumber(test.value)));
    case "among":
      return plain(only(test.values.map((value) => (typeof value === "number" ? division.ofNumber(value) : division.ofText(value)))));
    case "begins":
      return plain(span(division.ofText(test.with), division.afterPrefix(test.with)));
    case "factor":
      return plain(span(division.ofNumber(test.value)));
    case "true":
      return plain(span(1));
    case "absent":
      return { set: NO_CLASS, absent: TRUE, foreign: FALSE, nan: FALSE };
    case "not":
      return not(truthsOf(test.test, division));
    case "all":
      return test.tests.map((each) => truthsOf(each, division)).reduce(both);
    case "any":
      return test.tests.map((each) => truthsOf(each, division)).reduce(either);
  }
}

/** A number that is none is neither less nor greater than another, and not equal to it. */
function plain(set: ClassSet): Truths {
  return { set, absent: MISSING, foreign: MISSING, nan: FALSE };
}

function compared(how: Comparison, at: number): ClassSet {
  switch (how) {
    case "<":
      return span(0, at);
    case "<=":
      return span(0, at + 1);
    case ">":
      return span(at + 1);
    case ">=":
      return span(at);
  }
}

/** The constants of a test. */
export function* constantsOf(test: Test): Generator<string | number, void> {
  switch (test.kind) {
    case "compare":
    case "factor":
      yield test.value;
      break;
    case "among":
      yield* test.values;
      break;
    case "begins":
      yield test.with;
      break;
    case "not":
      yield* constantsOf(test.test);
      break;
    case "all":
    case "any":
      for (const each of test.tests) yield* constantsOf(each);
      break;
    default:
      break;
  }
}
