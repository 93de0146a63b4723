import { type IToken, tokenMatcher } from "chevrotain";
import type { BinaryOp, CallExpr, Expr, Ident, MapEntry, RangeExpr } from "../src/syntax/ast.ts";
import { BaseParser } from "./base.ts";
import { habits } from "./habits.ts";
import { readNumber, readQuantity, readText } from "./literals.ts";
import * as T from "./tokens.ts";

const BINARY_OPS: ReadonlyMap<string, BinaryOp> = new Map<string, BinaryOp>([
  ["EqEq", "=="],
  ["Eq", "=="],
  ["NotEq", "!="],
  ["SqlNotEq", "!="],
  ["LessEq", "<="],
  ["EqLess", "<="],
  ["GreaterEq", ">="],
  ["EqGreater", ">="],
  ["Less", "<"],
  ["Greater", ">"],
  ["Plus", "+"],
  ["Minus", "-"],
  ["Star", "*"],
  ["Slash", "/"],
  ["Percent", "%"],
]);

const ORDERED: ReadonlySet<BinaryOp> = new Set(["<", "<=", ">", ">="]);

/** The expressions of the language: CEL's, with words where people read. Builds the tree while it reads. */
export abstract class ExpressionParser extends BaseParser {
  /** expression = disjunction [ "?" disjunction ":" expression ] */
  expression: (idx?: number) => Expr = this.RULE(
    "expression",
    (): Expr => {
      const first = this.LA(1);
      let expr = this.SUBRULE(this.disjunction);
      this.OPTION(() => {
        this.CONSUME(T.Question);
        const whenTrue = this.SUBRULE2(this.disjunction);
        this.CONSUME(T.Colon);
        const whenFalse = this.SUBRULE(this.expression);
        const condition = expr;
        expr = this.make(() => ({ kind: "Conditional", condition, whenTrue, whenFalse, span: this.spanFrom(first) }));
      });
      return expr;
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** disjunction = conjunction { ( "or" | "||" ) conjunction } */
  disjunction = this.RULE(
    "disjunction",
    (): Expr => {
      const first = this.LA(1);
      let left = this.SUBRULE(this.conjunction);
      this.MANY(() => {
        const op = this.CONSUME(T.OrOp);
        const right = this.SUBRULE2(this.conjunction);
        left = this.logical(first, "or", op, left, right);
      });
      return left;
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** conjunction = negation { ( "and" | "&&" ) negation } */
  conjunction = this.RULE(
    "conjunction",
    (): Expr => {
      const first = this.LA(1);
      let left = this.SUBRULE(this.negation);
      this.MANY(() => {
        const op = this.CONSUME(T.AndOp);
        const right = this.SUBRULE2(this.negation);
        left = this.logical(first, "and", op, left, right);
      });
      return left;
    },
    { recoveryValueFunc: () => this.broken() },
  );

  private logical(first: IToken, op: "and" | "or", token: IToken, left: Expr, right: Expr): Expr {
    return this.make(() => {
      habits.operator(this.report, token, this.spanOf(token));
      return { kind: "Binary", op, opSpan: this.spanOf(token), left, right, span: this.spanFrom(first) };
    });
  }

  /** negation = "not" negation | comparison */
  negation: (idx?: number) => Expr = this.RULE(
    "negation",
    (): Expr => {
      const first = this.LA(1);
      return this.OR([
        {
          ALT: (): Expr => {
            const op = this.CONSUME(T.K.not);
            const operand = this.SUBRULE(this.negation);
            return this.make(() => ({ kind: "Unary", op: "not", opSpan: this.spanOf(op), operand, span: this.spanFrom(first) }));
          },
        },
        { ALT: (): Expr => this.SUBRULE(this.comparison) },
      ]);
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** comparison = sum { relation sum | [ "not" ] "in" container | "is" ( "missing" | "present" ) } */
  comparison = this.RULE(
    "comparison",
    (): Expr => {
      const first = this.LA(1);
      let left = this.SUBRULE(this.sum);
      this.MANY(() => {
        left = this.OR([
          { ALT: (): Expr => this.SUBRULE(this.relation, { ARGS: [first, left] }) },
          { ALT: (): Expr => this.SUBRULE(this.membership, { ARGS: [first, left] }) },
          { ALT: (): Expr => this.SUBRULE(this.presence, { ARGS: [first, left] }) },
        ]);
      });
      return left;
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** relation = ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) sum */
  relation = this.RULE(
    "relation",
    (first: IToken, left: Expr): Expr => {
      const op = this.OR([{ ALT: () => this.CONSUME(T.Relation) }, { ALT: () => this.CONSUME(T.Eq) }]);
      const right = this.SUBRULE(this.sum);
      return this.make(() => this.related(first, left, op, right));
    },
    { recoveryValueFunc: () => this.broken() },
  );

  private related(first: IToken, left: Expr, token: IToken, right: Expr): Expr {
    const opSpan = this.spanOf(token);
    habits.operator(this.report, token, opSpan);
    const op = BINARY_OPS.get(token.tokenType.name) ?? "==";
    const span = this.spanFrom(first);
    if (left.kind === "Binary" && ORDERED.has(left.op) && ORDERED.has(op) && left.span.start === span.start) {
      habits.chain(this.report, span, opSpan, this.text.slice(left.right.span.start, left.right.span.end));
      return { kind: "Binary", op: "and", opSpan, left, right: { kind: "Binary", op, opSpan, left: left.right, right, span }, span };
    }
    return { kind: "Binary", op, opSpan, left, right, span };
  }

  /** membership = [ "not" ] "in" sum [ ".." sum ] */
  membership = this.RULE(
    "membership",
    (first: IToken, item: Expr): Expr => {
      const start = this.LA(1);
      let negated = false;
      this.OPTION(() => {
        this.CONSUME(T.K.not);
        negated = true;
      });
      const op = this.CONSUME(T.K.in);
      const from = this.LA(1);
      const low = this.SUBRULE(this.sum);
      let container: Expr | RangeExpr = low;
      this.OPTION2(() => {
        this.CONSUME(T.DotDot);
        const high = this.SUBRULE2(this.sum);
        container = this.make(() => ({ kind: "Range", low, high, span: this.spanFrom(from) }));
      });
      return this.make(() => ({
        kind: "In",
        negated,
        item,
        container,
        opSpan: { file: this.file, start: this.startOf(start), end: this.spanOf(op).end },
        span: this.spanFrom(first),
      }));
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** presence = "is" ( "missing" | "present" ) */
  presence = this.RULE(
    "presence",
    (first: IToken, operand: Expr): Expr => {
      this.CONSUME(T.K.is);
      let negated = false;
      this.OPTION(() => {
        const not = this.CONSUME(T.K.not);
        negated = true;
        this.make(() => habits.isNot(this.report, this.spanOf(not), this.LA(1)));
      });
      const word = this.OR([
        { ALT: () => this.CONSUME(T.K.missing) },
        { ALT: () => this.CONSUME(T.K.present) },
        { ALT: () => this.CONSUME(T.K.null) },
      ]);
      return this.make(() => {
        if (word.tokenType === T.K.null && !negated) habits.isNull(this.report, this.spanOf(word));
        return { kind: "IsMissing", negated: (word.tokenType === T.K.present) !== negated, operand, span: this.spanFrom(first) };
      });
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** sum = product { ( "+" | "-" ) product } */
  sum = this.RULE(
    "sum",
    (): Expr => {
      const first = this.LA(1);
      let left = this.SUBRULE(this.product);
      this.MANY(() => {
        const op = this.CONSUME(T.AddOp);
        const right = this.SUBRULE2(this.product);
        left = this.binary(first, op, left, right);
      });
      return left;
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** product = unary { ( "*" | "/" | "%" ) unary } */
  product = this.RULE(
    "product",
    (): Expr => {
      const first = this.LA(1);
      let left = this.SUBRULE(this.unary);
      this.MANY(() => {
        const op = this.CONSUME(T.MulOp);
        const right = this.SUBRULE2(this.unary);
        left = this.binary(first, op, left, right);
      });
      return left;
    },
    { recoveryValueFunc: () => this.broken() },
  );

  private binary(first: IToken, token: IToken, left: Expr, right: Expr): Expr {
    return this.make(() => ({
      kind: "Binary",
      op: BINARY_OPS.get(token.tokenType.name) ?? "+",
      opSpan: this.spanOf(token),
      left,
      right,
      span: this.spanFrom(first),
    }));
  }

  /** unary = ( "!" | "-" ) unary | postfix */
  unary: (idx?: number) => Expr = this.RULE(
    "unary",
    (): Expr => {
      const first = this.LA(1);
      const prefixed = (op: IToken, operand: Expr, kind: "-" | "not"): Expr =>
        this.make(() => ({ kind: "Unary", op: kind, opSpan: this.spanOf(op), operand, span: this.spanFrom(first) }));
      return this.OR([
        { ALT: (): Expr => prefixed(this.CONSUME(T.Bang), this.SUBRULE(this.unary), "not") },
        { ALT: (): Expr => prefixed(this.CONSUME(T.Minus), this.SUBRULE2(this.unary), "-") },
        { ALT: (): Expr => this.SUBRULE(this.postfix) },
      ]);
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** postfix = primary { "." name [ arguments ] | "[" expression "]" } */
  postfix = this.RULE(
    "postfix",
    (): Expr => {
      const first = this.LA(1);
      let object = this.SUBRULE(this.primary);
      this.MANY(() => {
        this.OR([
          {
            ALT: () => {
              this.CONSUME(T.Dot);
              const member = this.SUBRULE(this.name);
              let args: readonly Expr[] | undefined;
              this.OPTION(() => (args = this.SUBRULE(this.callArguments)));
              const receiver = object;
              object = this.make(() => this.selected(first, receiver, member, args));
            },
          },
          {
            ALT: () => {
              this.CONSUME(T.LBracket);
              const index = this.SUBRULE(this.expression);
              this.CONSUME(T.RBracket);
              const indexed = object;
              object = this.make(() => ({ kind: "Index", object: indexed, index, span: this.spanFrom(first) }));
            },
          },
        ]);
      });
      return object;
    },
    { recoveryValueFunc: () => this.broken() },
  );

  private selected(first: IToken, object: Expr, member: Ident, args: readonly Expr[] | undefined): Expr {
    const span = this.spanFrom(first);
    return args === undefined
      ? { kind: "Member", object, member, span }
      : { kind: "Call", receiver: object, callee: member, args, span };
  }

  /** arguments = "(" [ expression { "," expression } ] ")" */
  callArguments = this.RULE(
    "callArguments",
    (): readonly Expr[] => {
      const args: Expr[] = [];
      this.CONSUME(T.LParen);
      this.MANY_SEP({ SEP: T.Comma, DEF: () => args.push(this.SUBRULE(this.expression)) });
      this.CONSUME(T.RParen);
      return args;
    },
    { recoveryValueFunc: () => [] },
  );

  /** `then decline` in the place of a value is a clause whose predecessor is cut short, `then > 5` a field of that name. */
  private beginsClause(): boolean {
    const next = this.LA(2);
    return T.CLAUSE_WORDS.has(this.LA(1).tokenType) && (tokenMatcher(next, T.Name) || tokenMatcher(next, T.Number_) || tokenMatcher(next, T.Text));
  }

  /** primary = name [ arguments ] | "(" expression ")" | listLiteral | mapLiteral | literal */
  primary = this.RULE(
    "primary",
    (): Expr =>
      this.OR([
        { GATE: () => !this.beginsClause(), ALT: (): Expr => this.SUBRULE(this.reference) },
        {
          ALT: (): Expr => {
            this.CONSUME(T.LParen);
            const expr = this.SUBRULE(this.expression);
            this.CONSUME(T.RParen);
            return expr;
          },
        },
        { ALT: (): Expr => this.SUBRULE(this.listLiteral) },
        { ALT: (): Expr => this.SUBRULE(this.mapLiteral) },
        { ALT: (): Expr => this.SUBRULE(this.literal) },
      ]),
    { recoveryValueFunc: () => this.broken() },
  );

  /** reference = name [ arguments ] */
  reference = this.RULE(
    "reference",
    (): Expr => {
      const first = this.LA(1);
      const callee = this.SUBRULE(this.name);
      let args: readonly Expr[] | undefined;
      this.OPTION(() => (args = this.SUBRULE(this.callArguments)));
      return this.make((): Expr => {
        if (args === undefined) return { kind: "Name", name: callee.name, span: callee.span };
        const call: CallExpr = { kind: "Call", receiver: null, callee, args, span: this.spanFrom(first) };
        return call;
      });
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** listLiteral = "[" [ expression { "," expression } [ "," ] ] "]" */
  listLiteral = this.RULE(
    "listLiteral",
    (): Expr => {
      const first = this.LA(1);
      const items = this.SUBRULE(this.items);
      return this.make(() => ({ kind: "ListLit", items, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** items = "[" [ expression { "," expression } ] "]" */
  items = this.RULE(
    "items",
    (): readonly Expr[] => {
      const items: Expr[] = [];
      this.CONSUME(T.LBracket);
      this.MANY_SEP({ SEP: T.Comma, DEF: () => items.push(this.SUBRULE(this.expression)) });
      this.CONSUME(T.RBracket);
      return items;
    },
    { recoveryValueFunc: () => [] },
  );

  /** mapLiteral = "{" [ expression ":" expression { "," expression ":" expression } ] "}" */
  mapLiteral = this.RULE(
    "mapLiteral",
    (): Expr => {
      const first = this.CONSUME(T.LBrace);
      const entries: MapEntry[] = [];
      this.MANY_SEP({
        SEP: T.Comma,
        DEF: () => {
          const key = this.SUBRULE(this.expression);
          this.CONSUME(T.Colon);
          const value = this.SUBRULE2(this.expression);
          entries.push({ key, value });
        },
      });
      this.CONSUME(T.RBrace);
      return this.make(() => ({ kind: "MapLit", entries, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** literal = number | quantity | money | timestamp | text | "true" | "false" | "null" */
  literal = this.RULE(
    "literal",
    (): Expr => {
      const token = this.OR([
        { ALT: () => this.CONSUME(T.Number_) },
        { ALT: () => this.CONSUME(T.HexNumber) },
        { ALT: () => this.CONSUME(T.Quantity) },
        { ALT: () => this.CONSUME(T.Money) },
        { ALT: () => this.CONSUME(T.Timestamp) },
        { ALT: () => this.CONSUME(T.Text) },
        { ALT: () => this.CONSUME(T.K.true) },
        { ALT: () => this.CONSUME(T.K.false) },
        { ALT: () => this.CONSUME(T.K.null) },
      ]);
      return this.make(() => this.literalOf(token));
    },
    { recoveryValueFunc: () => this.broken() },
  );

  private literalOf(token: IToken): Expr {
    const span = this.spanOf(token);
    switch (token.tokenType) {
      case T.Quantity:
        return { kind: "QuantityLit", ...readQuantity(token.image), span };
      case T.Money: {
        const at = token.image.length - 3;
        return { kind: "MoneyLit", amount: token.image.slice(0, at).trim().replaceAll("_", ""), currency: token.image.slice(at), span };
      }
      case T.Timestamp:
        return { kind: "TimestampLit", text: token.image, span };
      case T.K.true:
      case T.K.false:
        return { kind: "BoolLit", value: token.tokenType === T.K.true, span };
      case T.K.null:
        return { kind: "NullLit", span };
      default:
        if (tokenMatcher(token, T.Text)) return { kind: "StringLit", value: readText(this.report, token, span), span };
        return { kind: "NumberLit", value: readNumber(token.image), span };
    }
  }
}
