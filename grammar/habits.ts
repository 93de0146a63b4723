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
  ["EqEqEq", ["==", "safe"]],
  ["NotEqEq", ["!=", "safe"]],
  ["LessSign", ["<=", "safe"]],
  ["GreaterSign", [">=", "safe"]],
  ["NotSign", ["!=", "safe"]],
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

  /** `x == not y`: read as if there were brackets around `not y`. */
  looseNot(report: Report, not: Span, operand: Span): void {
    report.add("RSK0101", not, "`not` binds looser than the operator before it", {
      help: "put brackets around what is negated",
      fixes: [
        {
          title: "add brackets",
          applicability: "maybe",
          edits: [
            { span: { ...not, end: not.start }, text: "(" },
            { span: { ...operand, start: operand.end }, text: ")" },
          ],
        },
      ],
    });
  },

  /** `x is null`, `x IS NOT NULL`, `x is not missing` */
  presence(report: Report, span: Span, written: string, right: string): void {
    report.add("RSK0102", span, `\`${written}\` is \`${right}\` here`, { help: `write \`${right}\``, fixes: [replacement(span, right)] });
  },

  /** `x like "a%"`; `whole` is the comparison, `subject` and `pattern` are texts as written. */
  like(report: Report, opSpan: Span, whole: Span, right: string | undefined): void {
    report.add("RSK0102", opSpan, "there is no `like` here", {
      help: right === undefined ? "use `startsWith`, `endsWith`, `contains` or `matches`" : `write \`${right}\``,
      fixes: right === undefined ? [] : [replacement(whole, right, "maybe")],
    });
  },

  /** `x between 1 and 5`; `right` stands for everything behind `x`. */
  between(report: Report, opSpan: Span, rest: Span, right: string | undefined): void {
    report.add("RSK0102", opSpan, "there is no `between` here", {
      help: right === undefined ? "ask for a range: `x in 1..5`" : `write \`${right}\``,
      fixes: right === undefined ? [] : [replacement(rest, right)],
    });
  },

  /** A reserved word where a name is declared. */
  reserved(report: Report, span: Span, word: string): void {
    report.add("RSK0114", span, `\`${word}\` is a reserved word, it cannot be a name`, {
      help: "choose another name",
      fixes: [replacement(span, `${word}_`, "maybe")],
    });
  },

  /** `größe` */
  foreignName(report: Report, span: Span, name: string): void {
    const plain = name.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("ß", "ss");
    const fits = /^[A-Za-z_]\w*$/.test(plain);
    report.add("RSK0119", span, `\`${name}\` has letters outside of \`a-z\``, {
      help: "names are made of `a-z`, `A-Z`, `0-9` and `_`",
      fixes: fits ? [replacement(span, plain, "maybe")] : [],
    });
  },

  /** Comments and marks of other languages. */
  foreignMark(report: Report, span: Span, image: string): void {
    if (image === ";") {
      report.add("RSK0120", span, "nothing ends with `;` here", {
        help: "clauses need no mark between them",
        fixes: [{ title: "drop it", applicability: "safe", edits: [{ span, text: "" }] }],
      });
      return;
    }
    const body = image.startsWith("#") ? image.slice(1) : image.slice(2).replace(/\*\/$/, "");
    const right = image.startsWith("#") ? `//${body}` : undefined;
    report.add("RSK0120", { ...span, end: span.start + (image.startsWith("#") ? 1 : 2) }, "a comment begins with `//` and ends with its line", {
      fixes: right === undefined ? [{ title: "drop the comment", applicability: "maybe", edits: [{ span, text: " " }] }] : [replacement(span, right)],
    });
  },

  /** `then: review`, `score = 10` */
  clauseMark(report: Report, span: Span, word: string, mark: string): void {
    report.add("RSK0121", span, `no \`${mark}\` stands behind \`${word}\``, {
      help: "a clause goes on right behind its keyword",
      fixes: [{ title: "drop it", applicability: "safe", edits: [{ span, text: "" }] }],
    });
  },

  /** `score 10,` */
  comma(report: Report, span: Span): void {
    report.add("RSK0123", span, "nothing stands between clauses and between fields", {
      help: "every one begins with its own word; drop the comma",
      fixes: [{ title: "drop the comma", applicability: "safe", edits: [{ span, text: "" }] }],
    });
  },

  /** `then "review"` */
  quotedName(report: Report, span: Span, name: string): void {
    report.add("RSK0122", span, "a name stands without quotes", { help: `write \`${name}\``, fixes: [replacement(span, name)] });
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

  /** `1,5`, and `1,000`, which can be a thousand or one. */
  decimalComma(report: Report, span: Span, whole: string, rest: string): void {
    const point = `${whole}.${rest}`;
    const thousands = /^\d{3}(?!\d)/.test(rest) && /^\d{1,3}$/.test(whole);
    report.add("RSK0108", span, "a comma cannot stand inside a number", {
      help: thousands ? `write \`${whole}_${rest}\` for thousands, or \`${point}\` with a decimal point` : `write \`${point}\``,
      fixes: thousands ? [replacement(span, `${whole}_${rest}`, "maybe"), replacement(span, point, "maybe")] : [replacement(span, point)],
    });
  },
};
