import { type IToken, tokenMatcher } from "chevrotain";
import type { Expr, Ident, MapEntry } from "../src/syntax/ast.ts";
import { cover, type Span } from "../src/text/span.ts";
import { BaseParser, INNER } from "./base.ts";
import { readFinite, readMoney, readQuantity, readText } from "./literals.ts";
import { Climber, type Infix, type Operand } from "./precedence.ts";
import * as T from "./tokens.ts";

const NO_SPANS: readonly Span[] = [];

/** One `condition ? whenTrue :` of an expression. */
interface Branch {
  readonly condition: Operand;
  readonly whenTrue: Operand;
}

/** A row of operands and what stands between them. */
interface Row {
  readonly operands: Operand[];
  readonly infixes: Infix[];
}

/** The expressions of the language: CEL's, with words where people read. Builds the tree while it reads. */
export abstract class ExpressionParser extends BaseParser {
  /** expression = operation { "?" operation ":" operation }, grouped to the right */
  expression: (idx?: number) => Expr = this.RULE(
    "expression",
    (): Expr => {
      let last = this.SUBRULE(this.operation);
      let branches: Branch[] | undefined;
      this.MANY(() => {
        this.CONSUME(T.Question);
        const whenTrue = this.SUBRULE2(this.operation);
        this.CONSUME(T.Colon);
        (branches ??= []).push({ condition: last, whenTrue });
        last = this.SUBRULE3(this.operation);
      });
      const row = branches;
      return row === undefined ? last.expr : this.make(() => branch(row, last));
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /**
   * operation = operand { infix operand | presence }
   *
   * infix, loosest first: `or ||` · `and &&` · (here the `not` of an operand) · `== != < <= > >=`, and `in`, `not in` with an
   * operand or a range `a..b` · `+ -` · `* / %`; those of one level from left to right. `is missing` binds as comparisons do.
   */
  operation = this.RULE(
    "operation",
    (): Operand => {
      const first = this.SUBRULE(this.operand);
      const row: Row = { operands: [first], infixes: [] };
      this.MANY({
        GATE: () => this.continues(row),
        DEF: () => {
          this.OR([
            {
              ALT: () => {
                row.infixes.push(this.SUBRULE(this.infix));
                row.operands.push(this.SUBRULE2(this.operand));
              },
            },
            { ALT: () => row.infixes.push(this.SUBRULE(this.presence)) },
          ]);
        },
      });
      return this.make(() => {
        if (row.infixes.length === 0 && first.nots.length === 0) return first;
        return new Climber(this.text, this.report, row.operands, row.infixes).climb();
      });
    },
    INNER,
  );

  /** A `not` goes with the operand before it only as `not in`; `like:` is the next field, and no operator. */
  private continues({ infixes }: Row): boolean {
    const { tokenType } = this.LA(1);
    if (this.place !== "clause" && (tokenType === T.Or1 || tokenType === T.EqGreater)) return false;
    if (this.place === "cell" && tokenType === T.DotDot && infixes.at(-1)?.word.tokenType !== T.K.in) return false;
    if (tokenType === T.K.not) {
      const next = this.LA(2).tokenType;
      return next === T.K.in || next === T.Like || next === T.Between;
    }
    return (tokenType !== T.Like && tokenType !== T.Between) || this.LA(2).tokenType !== T.Colon;
  }

  /** infix = operator | [ "not" ] "in"; a mistake that is understood: [ "not" ] ( "like" | "between" ) */
  infix = this.RULE(
    "infix",
    (): Infix => {
      const first = this.LA(1);
      let negated = false;
      const word = this.OR([
        { ALT: () => this.CONSUME(T.Operator) },
        {
          ALT: () => {
            this.OPTION(() => {
              this.CONSUME(T.K.not);
              negated = true;
            });
            return this.OR2([{ ALT: () => this.CONSUME(T.K.in) }, { ALT: () => this.CONSUME(T.Like) }, { ALT: () => this.CONSUME(T.Between) }]);
          },
        },
      ]);
      return this.make(() => ({ word, span: this.spanFrom(first), negated }));
    },
    INNER,
  );

  /** presence = "is" ( "missing" | "present" ) */
  presence = this.RULE(
    "presence",
    (): Infix => {
      const word = this.CONSUME(T.K.is);
      const asked = this.OR([{ ALT: () => this.CONSUME(T.K.missing) }, { ALT: () => this.CONSUME(T.K.present) }]);
      return this.make(() => ({ word, span: this.spanFrom(word), negated: asked.tokenType === T.K.present }));
    },
    INNER,
  );

  /** operand = { "not" } { "-" | "!" } primary { "." name [ arguments ] | "[" expression "]" } */
  operand = this.RULE(
    "operand",
    (): Operand => {
      let nots: Span[] | undefined;
      let signs: IToken[] | undefined;
      this.MANY(() => {
        const word = this.CONSUME(T.K.not);
        (nots ??= []).push(this.spanOf(word));
      });
      const from = this.LA(1);
      this.MANY2(() => {
        const sign = this.OR([{ ALT: () => this.CONSUME(T.Minus) }, { ALT: () => this.CONSUME(T.Bang) }]);
        (signs ??= []).push(sign);
      });
      const first = this.LA(1);
      if (!this.RECORDING_PHASE) this.mendOperand();
      let expr = this.SUBRULE(this.primary);
      this.MANY3(() => {
        const object = expr;
        expr = this.OR2([
          { ALT: (): Expr => this.selection(first, object) },
          {
            ALT: (): Expr => {
              this.CONSUME(T.LBracket);
              const index = this.SUBRULE(this.expression);
              this.CONSUME(T.RBracket);
              return this.make(() => ({ kind: "Index", object, index, span: this.spanFrom(first) }));
            },
          },
        ]);
      });
      return this.make(() => ({ expr: this.signed(signs, expr), span: this.spanFrom(from), nots: nots ?? NO_SPANS }));
    },
    INNER,
  );

  private selection(first: IToken, object: Expr): Expr {
    this.CONSUME(T.Dot);
    const member = this.SUBRULE(this.name);
    let args: readonly Expr[] | undefined;
    this.OPTION(() => (args = this.SUBRULE(this.callArguments)));
    return this.make(() => {
      const span = this.spanFrom(first);
      return args === undefined ? { kind: "Member", object, member, span } : { kind: "Call", receiver: object, callee: member, args, span };
    });
  }

  private signed(signs: readonly IToken[] | undefined, operand: Expr): Expr {
    if (signs === undefined) return operand;
    return signs.reduceRight<Expr>(
      (inner, sign) => ({ kind: "Unary", op: sign.tokenType === T.Bang ? "not" : "-", opSpan: this.spanOf(sign), operand: inner, span: this.spanFrom(sign) }),
      operand,
    );
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
    INNER,
  );

  /** `list == 1`: a reserved word in the place of a value is a name that cannot be one; `list x: …` is the next declaration. */
  private mendOperand(): void {
    const { tokenType } = this.LA(1);
    if (tokenType !== T.K.list && tokenType !== T.K.feature && tokenType !== T.K.enum) return;
    if (!tokenMatcher(this.LA(2), T.Name)) this.mendName();
  }

  /** primary = name [ arguments ] | "(" expression ")" | items | mapLiteral | literal */
  primary = this.RULE(
    "primary",
    (): Expr => {
      const first = this.LA(1);
      return this.OR([
        {
          GATE: () => !this.beginsClause(),
          ALT: (): Expr => {
            const callee = this.SUBRULE(this.name);
            let args: readonly Expr[] | undefined;
            this.OPTION(() => (args = this.SUBRULE(this.callArguments)));
            return this.make(() => this.reference(first, callee, args));
          },
        },
        {
          ALT: (): Expr => {
            this.CONSUME(T.LParen);
            const expr = this.SUBRULE(this.expression);
            this.CONSUME(T.RParen);
            return expr;
          },
        },
        {
          ALT: (): Expr => {
            const items = this.SUBRULE(this.items);
            return this.make(() => ({ kind: "ListLit", items, span: this.spanFrom(first) }));
          },
        },
        { ALT: (): Expr => this.SUBRULE(this.mapLiteral) },
        { ALT: (): Expr => this.SUBRULE(this.literal) },
      ]);
    },
    INNER,
  );

  private reference(first: IToken, callee: Ident, args: readonly Expr[] | undefined): Expr {
    if (args === undefined) return { kind: "Name", name: callee.name, span: callee.span };
    return { kind: "Call", receiver: null, callee, args, span: this.spanFrom(first) };
  }

  /** items = "[" [ expression { "," expression } [ "," ] ] "]" */
  items = this.RULE(
    "items",
    (): readonly Expr[] => {
      const items: Expr[] = [];
      this.CONSUME(T.LBracket);
      this.OPTION(() => {
        items.push(this.SUBRULE(this.expression));
        this.MANY(() => {
          this.CONSUME(T.Comma);
          items.push(this.SUBRULE2(this.expression));
        });
        this.OPTION2(() => this.CONSUME2(T.Comma));
      });
      this.CONSUME(T.RBracket);
      return items;
    },
    INNER,
  );

  /** mapLiteral = "{" [ entry { "," entry } [ "," ] ] "}" */
  mapLiteral = this.RULE(
    "mapLiteral",
    (): Expr => {
      const first = this.CONSUME(T.LBrace);
      const entries: MapEntry[] = [];
      this.OPTION(() => {
        entries.push(this.SUBRULE(this.entry));
        this.MANY(() => {
          this.CONSUME(T.Comma);
          entries.push(this.SUBRULE2(this.entry));
        });
        this.OPTION2(() => this.CONSUME2(T.Comma));
      });
      this.CONSUME(T.RBrace);
      return this.make(() => ({ kind: "MapLit", entries, span: this.spanFrom(first) }));
    },
    INNER,
  );

  /** entry = expression ":" expression */
  entry = this.RULE(
    "entry",
    (): MapEntry => {
      const key = this.SUBRULE(this.expression);
      this.CONSUME(T.Colon);
      return { key, value: this.SUBRULE2(this.expression) };
    },
    INNER,
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
    INNER,
  );

  private literalOf(token: IToken): Expr {
    const span = this.spanOf(token);
    switch (token.tokenType) {
      case T.Quantity:
        return { kind: "QuantityLit", ...readQuantity(this.report, token.image, span), span };
      case T.Money:
        return { kind: "MoneyLit", ...readMoney(token.image), span };
      case T.Timestamp:
        return { kind: "TimestampLit", text: token.image, span };
      case T.K.true:
      case T.K.false:
        return { kind: "BoolLit", value: token.tokenType === T.K.true, span };
      case T.K.null:
        return { kind: "NullLit", span };
      default:
        if (tokenMatcher(token, T.Text)) return { kind: "StringLit", value: readText(this.report, token, span), span };
        return { kind: "NumberLit", value: readFinite(this.report, token.image, span), span };
    }
  }
}

function branch(branches: readonly Branch[], last: Operand): Expr {
  return branches.reduceRight<Expr>((whenFalse, { condition, whenTrue }) => {
    const span = cover(condition.span, last.span);
    return { kind: "Conditional", condition: condition.expr, whenTrue: whenTrue.expr, whenFalse, span };
  }, last.expr);
}
