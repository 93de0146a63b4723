import type { IToken } from "chevrotain";
import type { BinaryOp, Expr, RangeExpr } from "../src/syntax/ast.ts";
import type { Report } from "../src/text/report.ts";
import { cover, type Span } from "../src/text/span.ts";
import { habits } from "./habits.ts";
import { LEVEL, type OperatorInfo, OPERATORS, ORDERED } from "./operators.ts";
import { betweenRange, likeCall } from "./sql.ts";
import * as T from "./tokens.ts";

/** An operand with the place it takes up, brackets included. */
export interface Operand {
  readonly expr: Expr;
  readonly span: Span;
  /** Places of the `not` words before it, outermost first. */
  readonly nots: readonly Span[];
}

/** What stands behind an operand: an operator with the next operand to come, or `is missing` with none. */
export interface Infix {
  /** The operator, `in`, `is`, `like` or `between`. */
  readonly word: IToken;
  /** With the `not` before it or the word behind `is`. */
  readonly span: Span;
  readonly negated: boolean;
}

const MEMBERSHIP: OperatorInfo = { op: "==", level: LEVEL.compare };
const NO_SPANS: readonly Span[] = [];

/**
 * Turns a row of operands and what stands between them into a tree, by precedence climbing. It recurses as deep as there
 * are levels, however long the row is.
 */
export class Climber {
  readonly #text: string;
  readonly #report: Report;
  readonly #operands: readonly Operand[];
  readonly #infixes: readonly Infix[];
  #operand = 0;
  #infix = 0;

  constructor(text: string, report: Report, operands: readonly Operand[], infixes: readonly Infix[]) {
    this.#text = text;
    this.#report = report;
    this.#operands = operands;
    this.#infixes = infixes;
  }

  /** The tree of the whole row. */
  climb(): Operand {
    return this.#climb(LEVEL.or);
  }

  #climb(level: number): Operand {
    return this.#loop(this.#prefixed(level), level);
  }

  /** The next operand with its `not`s, which take in the comparison that follows. */
  #prefixed(level: number): Operand {
    const first = this.#operands[this.#operand++] as Operand;
    const [outer] = first.nots;
    if (outer === undefined) return first;
    let inner: Operand = { ...first, nots: NO_SPANS };
    if (level <= LEVEL.not) inner = this.#loop(inner, LEVEL.compare);
    else habits.looseNot(this.#report, outer, inner.span);
    for (const opSpan of first.nots.toReversed()) {
      const span = cover(opSpan, inner.span);
      inner = { expr: { kind: "Unary", op: "not", opSpan, operand: inner.expr, span }, span, nots: NO_SPANS };
    }
    return inner;
  }

  #peek(): OperatorInfo | undefined {
    const infix = this.#infixes[this.#infix];
    return infix === undefined ? undefined : (OPERATORS.get(infix.word.tokenType.name) ?? MEMBERSHIP);
  }

  #loop(first: Operand, level: number): Operand {
    let left = first;
    // The right side of the comparison before, where the next one would chain with it.
    let middle: Operand | undefined;
    for (let info = this.#peek(); info !== undefined && info.level >= level; info = this.#peek()) {
      const infix = this.#infixes[this.#infix++] as Infix;
      const { tokenType } = infix.word;
      if (tokenType === T.K.is) left = this.#presence(left, infix);
      else if (tokenType === T.K.in) left = this.#membership(left, infix);
      else if (tokenType === T.Like || tokenType === T.Between) left = this.#sql(left, infix);
      else if (info.op === "..") left = this.#strayRange(left, infix);
      else {
        habits.operator(this.#report, infix.word, infix.span);
        const right = this.#climb(info.level + 1);
        const ordered = ORDERED.has(info.op) && right.expr.kind !== "Error";
        left = ordered && middle !== undefined ? this.#chain(left, middle, infix, info.op, right) : binary(left, info.op, infix.span, right);
        middle = ordered ? right : undefined;
        continue;
      }
      middle = undefined;
    }
    return left;
  }

  /** `1 < x < 5`, read as two comparisons. */
  #chain(left: Operand, middle: Operand, infix: Infix, op: BinaryOp, right: Operand): Operand {
    habits.chain(this.#report, cover(left.span, right.span), infix.span, this.#text.slice(middle.span.start, middle.span.end));
    return binary(left, "and", infix.span, binary(middle, op, infix.span, right));
  }

  #presence(left: Operand, { span: asked, negated }: Infix): Operand {
    const span = cover(left.span, asked);
    return { expr: { kind: "IsMissing", negated, operand: left.expr, span }, span, nots: NO_SPANS };
  }

  #membership(left: Operand, { span: opSpan, negated }: Infix): Operand {
    const low = this.#climb(LEVEL.add);
    let container: Expr | RangeExpr = low.expr;
    let last = low.span;
    if (this.#peek()?.op === "..") {
      this.#infix++;
      const high = this.#climb(LEVEL.add);
      last = high.span;
      container = { kind: "Range", low: low.expr, high: high.expr, span: cover(low.span, last) };
    }
    const span = cover(left.span, last);
    return { expr: { kind: "In", negated, item: left.expr, container, opSpan, span }, span, nots: NO_SPANS };
  }

  #strayRange(left: Operand, infix: Infix): Operand {
    const span = cover(left.span, this.#climb(LEVEL.add).span);
    this.#report.add("RSK0117", infix.span, "a range stands only behind `in`", { help: "ask `x in low..high`" });
    return { expr: { kind: "Error", span }, span, nots: NO_SPANS };
  }

  /** SQL's `like` and `between`. */
  #sql(left: Operand, { word, span: opSpan, negated }: Infix): Operand {
    const low = this.#climb(LEVEL.add);
    const between = word.tokenType === T.Between;
    const joined = between && this.#peek()?.op === "and";
    if (joined) this.#infix++;
    const high = joined ? this.#climb(LEVEL.add) : null;
    const span = cover(left.span, high?.span ?? low.span);
    const comparison = { item: left, low, high, negated, opSpan, span };
    return { expr: (between ? betweenRange : likeCall)(this.#report, this.#text, comparison), span, nots: NO_SPANS };
  }
}

function binary(left: Operand, op: BinaryOp, opSpan: Span, right: Operand): Operand {
  const span = cover(left.span, right.span);
  return { expr: { kind: "Binary", op, opSpan, left: left.expr, right: right.expr, span }, span, nots: NO_SPANS };
}
