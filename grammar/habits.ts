import type { IToken } from "chevrotain";
import type { Fix } from "../src/text/diagnostic.ts";
import type { Report } from "../src/text/report.ts";
import type { Span } from "../src/text/span.ts";

/** What people who know SQL, JavaScript or a spreadsheet write, and what it is here. */
const FOREIGN_OPERATORS: ReadonlyMap<string, readonly [right: string, applicability: Fix["applicability"]]> = new Map<
  string,
  readonly [string, Fix["applicability"]]
>([
  ["Eq", ["==", "safe"]],
  ["SqlNotEq", ["!=", "safe"]],
  ["EqLess", ["<=", "safe"]],
  ["EqGreater", [">=", "safe"]],
  ["And1", ["and", "safe"]],
  ["Or1", ["or", "safe"]],
]);

function replacement(span: Span, text: string, applicability: Fix["applicability"] = "safe"): Fix {
  return { title: `write \`${text}\``, applicability, edits: [{ span, text }] };
}

/** Reports for text that is understood although it is not of the language; each with what to write instead. */
export const habits = {
  /** `=`, `<>`, `=>`, `&`, `|` between two operands. */
  operator(report: Report, token: IToken, span: Span): void {
    const foreign = FOREIGN_OPERATORS.get(token.tokenType.name);
    if (foreign === undefined) return;
    const [right, applicability] = foreign;
    report.add("RSK0102", span, `\`${token.image}\` is no operator here`, {
      help: `write \`${right}\``,
      fixes: [replacement(span, right, applicability)],
    });
  },

  /** `1 < x < 5`; `opSpan` is the second `<`, `middle` the text of `x`. */
  chain(report: Report, span: Span, opSpan: Span, middle: string): void {
    report.add("RSK0103", span, "comparisons do not chain", {
      help: "compare twice with `and`, or ask for a range: `x in 1..5`",
      fixes: [
        {
          title: "compare twice",
          applicability: "safe",
          edits: [{ span: { ...opSpan, end: opSpan.start }, text: `and ${middle} ` }],
        },
      ],
    });
  },

  /** `x is null` */
  isNull(report: Report, span: Span): void {
    report.add("RSK0102", span, "`is null` is `is missing` here", { help: "write `missing`", fixes: [replacement(span, "missing")] });
  },

  /** `x is not null`, `x is not missing`: the word behind `not` is still to come. */
  isNot(report: Report, not: Span, word: IToken): void {
    const right = word.image === "present" ? "missing" : "present";
    const span = { ...not, end: word.startOffset + word.image.length };
    report.add("RSK0102", span, `\`is not ${word.image}\` is \`is ${right}\` here`, { help: `write \`${right}\``, fixes: [replacement(span, right)] });
  },

  /** `AND`, `OR`, `NOT`, `IN`, `IS` and the like in capitals. */
  capitals(report: Report, image: string, span: Span): void {
    const right = image.toLowerCase();
    report.add("RSK0102", span, `\`${image}\` is written in lower case`, { help: `write \`${right}\``, fixes: [replacement(span, right)] });
  },

  /** `5 m` */
  spacedUnit(report: Report, span: Span, right: string): void {
    report.add("RSK0107", span, "a unit sticks to its number", { help: `write \`${right}\``, fixes: [replacement(span, right)] });
  },

  /** `1,5` */
  decimalComma(report: Report, span: Span, right: string): void {
    report.add("RSK0108", span, "a decimal point is written as `.`", { help: `write \`${right}\``, fixes: [replacement(span, right)] });
  },
};
