import type { TokenType } from "chevrotain";
import type { Cell, CellTest, Expr, Ident, RangeExpr, RuleClause, StringLit, TableDecl, TableRow } from "../src/syntax/ast.ts";
import { DECLARATIONS } from "./base.ts";
import { ClauseParser } from "./clauses.ts";
import { habits } from "./habits.ts";
import { OPERATORS } from "./operators.ts";
import type { Level } from "./skipping.ts";
import * as T from "./tokens.ts";

type CompareOp = Extract<CellTest, { kind: "Compare" }>["op"];

/** What stands for comparing, with what people write instead. */
const COMPARISONS: ReadonlySet<TokenType> = new Set([
  T.EqEq, T.NotEq, T.Less, T.LessEq, T.Greater, T.GreaterEq, T.Eq, T.EqEqEq, T.NotEqEq, T.SqlNotEq, T.EqLess, T.LessSign, T.GreaterSign, T.NotSign,
]);

/** The names over the columns of a table, and those of its results. */
interface Header {
  readonly columns: readonly Expr[];
  readonly outputs: readonly Ident[];
}

/** Decision tables: a row is a rule. */
export abstract class TableParser extends ClauseParser {
  private table: TableDecl | null = null;
  private row: TableRow | null = null;
  /** The results that the rows of the table at hand have, in order. */
  private results: readonly string[] = [];

  /** table = "table" name [ text ] [ name ] "{" { ruleClause } header { row } "}" */
  tableDecl = this.RULE(
    "tableDecl",
    (): TableDecl => {
      const first = this.CONSUME(T.K.table);
      this.table = null;
      const name = this.SUBRULE(this.name);
      let title: StringLit | null = null;
      let policy: Ident | null = null;
      let header: Header = { columns: [], outputs: [] };
      const clauses: RuleClause[] = [];
      const rows: TableRow[] = [];
      const draft = (): TableDecl =>
        (this.table = { kind: "Table", name, title, policy, clauses, ...header, rows, doc: this.docOf(first), span: this.spanFrom(first) });
      this.make(draft);
      this.OPTION(() => (title = this.SUBRULE(this.plainText)));
      this.OPTION2(() => (policy = this.SUBRULE2(this.name)));
      this.make(draft);
      this.CONSUME(T.LBrace);
      this.within("column", () => this.tableBody(clauses, rows, (found) => {
        header = found;
        draft();
      }));
      this.CONSUME(T.RBrace);
      return this.make(draft);
    },
    { recoveryValueFunc: () => this.make(() => this.table ?? this.noTable()) },
  );

  private tableBody(clauses: RuleClause[], rows: TableRow[], begin: (header: Header) => void): void {
    let begun = false;
    this.MANY({
      GATE: () => this.inside(),
      DEF: () => {
        this.OR({ MAX_LOOKAHEAD: 1, DEF: [
          {
            ALT: () => {
              const clause = this.SUBRULE(this.ruleClause);
              this.make(() => clause !== null && clauses.push(clause));
            },
          },
          {
            GATE: () => !begun,
            ALT: () => {
              const header = this.SUBRULE(this.header);
              this.make(() => begin(header));
              begun = !this.RECORDING_PHASE;
            },
          },
          {
            ALT: () => {
              const row = this.SUBRULE(this.tableRow);
              this.make(() => rows.push(row));
            },
            IGNORE_AMBIGUITIES: true,
          },
          { ALT: () => this.SUBRULE(this.skipped, { ARGS: ["table"] }), IGNORE_AMBIGUITIES: true },
        ] });
      },
    });
  }

  /** Reads something in a place where other tokens end an expression. */
  private within<R>(place: "column" | "cell", read: () => R): R {
    const before = this.place;
    this.place = place;
    try {
      return read();
    } finally {
      this.place = before;
    }
  }

  private noTable(): TableDecl {
    return {
      kind: "Table", name: this.noName(), title: null, policy: null, clauses: [], columns: [], outputs: [], rows: [], doc: null, span: this.broken().span,
    };
  }

  /** Parts of one kind up to the brace, and whatever else stands between them skipped. */
  protected body(level: Level, read: () => void): void {
    this.MANY({
      GATE: () => this.inside(),
      DEF: () => {
        this.OR({ MAX_LOOKAHEAD: 1, DEF: [
          { ALT: read },
          { ALT: () => this.SUBRULE(this.skipped, { ARGS: [level] }), IGNORE_AMBIGUITIES: true },
        ] });
      },
    });
  }

  /** Up to the brace or the next declaration. */
  protected inside(): boolean {
    const { tokenType } = this.LA(1);
    return tokenType !== T.RBrace && !DECLARATIONS.includes(tokenType);
  }

  /** header = "|" expression { "|" expression } "=>" name { "|" name } "|" */
  header = this.RULE(
    "header",
    (): Header => {
      const columns: Expr[] = [];
      const outputs: Ident[] = [];
      this.CONSUME(T.Or1);
      columns.push(this.within("column", () => this.SUBRULE(this.expression)));
      this.MANY(() => {
        this.CONSUME2(T.Or1);
        columns.push(this.within("column", () => this.SUBRULE2(this.expression)));
      });
      this.CONSUME(T.EqGreater);
      outputs.push(this.SUBRULE(this.name));
      this.make(() => (this.results = []));
      this.MANY2({
        GATE: () => this.anotherCell(),
        DEF: () => {
          this.CONSUME3(T.Or1);
          outputs.push(this.SUBRULE2(this.name));
        },
      });
      this.CONSUME4(this.lastBar());
      return this.make(() => {
        this.results = outputs.map((each) => each.name);
        return { columns, outputs };
      });
    },
    { recoveryValueFunc: () => this.make(() => ({ columns: [this.broken()], outputs: [] })) },
  );

  /** Whether a bar is followed by a cell of the same row: a row ends with a bar, and the next begins on a line of its own. */
  protected anotherCell(): boolean {
    const [bar, next] = [this.LA(1), this.LA(2)];
    return bar.tokenType === T.Or1 && !this.lineEndsBefore(bar) && next.tokenType !== T.RBrace && !this.lineEndsBefore(next, bar);
  }

  /** The bar that ends a row; one on the next line belongs to the next row. */
  protected lastBar(): TokenType {
    return !this.RECORDING_PHASE && this.lineEndsBefore(this.LA(1)) ? T.Never : T.Or1;
  }

  /** An expression that a bar or an arrow ends. */
  protected cellValue(place: "column" | "cell"): Expr {
    return this.within(place, () => this.SUBRULE(this.expression));
  }

  /** row = "|" cell { "|" cell } "=>" output { "|" output } "|" */
  tableRow = this.RULE(
    "tableRow",
    (): TableRow => {
      const first = this.CONSUME(T.Or1);
      const cells: Cell[] = [];
      const outputs: (RuleClause | null)[] = [];
      this.make(() => (this.row = { kind: "Row", cells, outputs, span: this.spanFrom(first) }));
      cells.push(this.SUBRULE(this.cell));
      this.MANY(() => {
        this.CONSUME2(T.Or1);
        cells.push(this.SUBRULE2(this.cell));
      });
      this.CONSUME(T.EqGreater);
      outputs.push(this.SUBRULE(this.output, { ARGS: [this.results[0] ?? ""] }));
      this.MANY2({
        GATE: () => this.anotherCell(),
        DEF: () => {
          this.CONSUME3(T.Or1);
          outputs.push(this.SUBRULE2(this.output, { ARGS: [this.results[outputs.length] ?? ""] }));
        },
      });
      this.CONSUME4(this.lastBar());
      return this.make(() => ({ kind: "Row", cells, outputs, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => this.row ?? { kind: "Row", cells: [], outputs: [], span: this.broken().span }) },
  );

  /** Whether a comparison comes next, also as people write it elsewhere. */
  protected comparesNext(): boolean {
    return COMPARISONS.has(this.LA(1).tokenType);
  }

  /** Whether a lone `-` stands in a cell, and no negative value. */
  protected asksNothing(): boolean {
    const next = this.LA(2).tokenType;
    return this.LA(1).tokenType === T.Minus && (next === T.Or1 || next === T.EqGreater);
  }

  /** cell = "-" | cellTest { "," cellTest } */
  cell = this.RULE(
    "cell",
    (): Cell => {
      const first = this.LA(1);
      const tests: CellTest[] = [];
      this.OR({ MAX_LOOKAHEAD: 1, DEF: [
        { GATE: () => this.asksNothing(), ALT: () => void this.CONSUME(T.Minus) },
        {
          ALT: () => {
            tests.push(this.SUBRULE(this.cellTest));
            this.MANY(() => {
              this.CONSUME(T.Comma);
              tests.push(this.SUBRULE2(this.cellTest));
            });
          },
          IGNORE_AMBIGUITIES: true,
        },
      ] });
      return this.make(() => ({ kind: "Cell", tests, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => this.brokenCell()) },
  );

  /** A cell that could not be read must not count as one that asks nothing. */
  private brokenCell(): Cell {
    const value = this.broken();
    const { span } = value;
    return { kind: "Cell", tests: [{ kind: "Compare", op: "==", opSpan: span, value, span }], span };
  }

  /** cellTest = comparison expression | [ "not" ] "in" expression [ ".." expression ] | presence | expression [ ".." expression ] */
  cellTest = this.RULE(
    "cellTest",
    (): CellTest => {
      const first = this.LA(1);
      return this.OR({ MAX_LOOKAHEAD: 1, DEF: [
        {
          GATE: () => this.comparesNext(),
          ALT: (): CellTest => {
            const word = this.CONSUME(T.Operator);
            const value = this.cellValue("cell");
            return this.make(() => {
              const opSpan = this.spanOf(word);
              habits.operator(this.report, word, opSpan);
              const op = (OPERATORS.get(word.tokenType.name)?.op ?? "==") as CompareOp;
              return { kind: "Compare", op, opSpan, value, span: this.spanFrom(first) };
            });
          },
        },
        {
          GATE: () => this.LA(1).tokenType === T.K.in || this.LA(2).tokenType === T.K.in,
          ALT: (): CellTest => {
            let negated = false;
            this.OPTION(() => {
              this.CONSUME(T.K.not);
              negated = true;
            });
            this.CONSUME(T.K.in);
            const opSpan = this.make(() => this.spanFrom(first));
            const container = this.SUBRULE(this.cellRange);
            return this.make(() => ({ kind: "Among", negated, container, opSpan, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): CellTest => {
            const { negated } = this.SUBRULE(this.presence);
            return this.make(() => ({ kind: "Presence", negated, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): CellTest => {
            const value = this.SUBRULE2(this.cellRange);
            return this.make(() => {
              const span = this.spanFrom(first);
              if (value.kind === "Range") return { kind: "Within", range: value, span };
              return { kind: "Compare", op: "==", opSpan: { ...span, end: span.start }, value, span };
            });
          },
          IGNORE_AMBIGUITIES: true,
        },
      ] });
    },
    { recoveryValueFunc: () => this.make(() => this.brokenCell().tests[0] as CellTest) },
  );

  /** cellRange = expression [ ".." expression ] */
  cellRange = this.RULE(
    "cellRange",
    (): Expr | RangeExpr => {
      const first = this.LA(1);
      const low = this.cellValue("cell");
      let high: Expr | null = null;
      this.OPTION(() => {
        this.CONSUME(T.DotDot);
        high = this.within("cell", () => this.SUBRULE2(this.expression));
      });
      const end = high as Expr | null;
      return this.make(() => (end === null ? low : { kind: "Range", low, high: end, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.broken() },
  );

  /** output = "-" | outcome | score expression | reasonText | noticeText | tags; which of them its column says */
  output = this.RULE(
    "output",
    (result: string): RuleClause | null => {
      const first = this.LA(1);
      return this.OR([
        {
          GATE: () => this.asksNothing(),
          ALT: (): RuleClause | null => {
            this.CONSUME(T.Minus);
            return null;
          },
        },
        {
          GATE: () => result === "then",
          ALT: (): RuleClause => {
            const outcome = this.SUBRULE(this.name);
            return this.make(() => ({ kind: "Then", outcome, span: this.spanFrom(first) }));
          },
        },
        { GATE: () => result === "reason", ALT: (): RuleClause => this.SUBRULE(this.reasonText, { ARGS: [first] }), IGNORE_AMBIGUITIES: true },
        { GATE: () => result === "notice", ALT: (): RuleClause => this.SUBRULE(this.noticeText, { ARGS: [first] }), IGNORE_AMBIGUITIES: true },
        {
          GATE: () => result === "tags",
          ALT: (): RuleClause => {
            const tags = this.SUBRULE(this.names);
            return this.make(() => ({ kind: "Tags", tags, span: this.spanFrom(first) }));
          },
          IGNORE_AMBIGUITIES: true,
        },
        {
          ALT: (): RuleClause => {
            const score = this.cellValue("column");
            return this.make(() => ({ kind: "Score", score, span: this.spanFrom(first) }));
          },
          IGNORE_AMBIGUITIES: true,
        },
      ]);
    },
    { recoveryValueFunc: () => null },
  );
}
