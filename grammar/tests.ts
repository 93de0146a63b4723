import type {
  CaseRow, EventLit, Expectation, Expr, Ident, Moment, NumberLit, QuantityLit, RecordEntry, StringLit, TestDecl, TestItem,
} from "../src/syntax/ast.ts";
import { readFinite } from "./literals.ts";
import { habits } from "./habits.ts";
import { OPERATORS } from "./operators.ts";
import { RulesetParser } from "./rulesets.ts";
import * as T from "./tokens.ts";

type CompareOp = Extract<Expectation, { kind: "ExpectScore" }>["op"];

interface Comparison {
  readonly op: CompareOp;
  readonly value: Expr;
}

interface CaseHeader {
  readonly inputs: readonly Ident[];
  readonly outputs: readonly Ident[];
}

/** Tests of rulesets, beside the rules. */
export abstract class TestParser extends RulesetParser {
  private test: TestDecl | null = null;

  /** test = "test" text "for" name "{" { testItem } "}" */
  testDecl = this.RULE(
    "testDecl",
    (): TestDecl => {
      const first = this.CONSUME(T.K.test);
      this.test = null;
      const name = this.SUBRULE(this.plainText);
      this.CONSUME(T.K.for);
      const ruleset = this.SUBRULE(this.name);
      const items: TestItem[] = [];
      const draft = (): TestDecl => (this.test = { kind: "Test", name, ruleset, items, doc: this.docOf(first), span: this.spanFrom(first) });
      this.make(draft);
      this.CONSUME(T.LBrace);
      this.body("test", () => {
        const item = this.SUBRULE(this.testItem);
        this.make(() => item !== null && items.push(item));
      });
      this.CONSUME(T.RBrace);
      return this.make(draft);
    },
    {
      recoveryValueFunc: () =>
        this.make(() => this.test ?? { kind: "Test", name: this.noText(), ruleset: this.noName(), items: [], doc: null, span: this.broken().span }),
    },
  );

  /** testItem = given | "clock" date | "when" eventLiteral [ "at" moment ] | "expect" expectation | cases */
  testItem = this.RULE(
    "testItem",
    (): TestItem | null => {
      const first = this.LA(1);
      return this.OR([
        { ALT: (): TestItem | null => this.SUBRULE(this.given) },
        {
          ALT: (): TestItem => {
            this.CONSUME(T.K.clock);
            const time = this.SUBRULE(this.date);
            return this.make(() => ({ kind: "Clock", time, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): TestItem => {
            this.CONSUME(T.K.when);
            const event = this.SUBRULE(this.eventLiteral);
            const at = this.SUBRULE(this.atMoment);
            return this.make(() => ({ kind: "WhenEvent", event, at, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): TestItem | null => {
            this.CONSUME(T.K.expect);
            const expectation = this.SUBRULE(this.expectation);
            return this.make(() => (expectation === null ? null : { kind: "Expect", expectation, span: this.spanFrom(first) }));
          },
        },
        { ALT: (): TestItem => this.SUBRULE(this.cases) },
      ]);
    },
    { recoveryValueFunc: () => null },
  );

  /**
   * given = "given" ( "feature" name "=" ( "missing" | expression ) | "list" name "has" expression { "," expression }
   * | eventLiteral atMoment [ "repeat" number [ "every" duration ] ] )
   */
  given = this.RULE(
    "given",
    (): TestItem | null => {
      const first = this.CONSUME(T.K.given);
      return this.OR([
        {
          ALT: (): TestItem => {
            this.CONSUME(T.K.feature);
            const feature = this.SUBRULE(this.name);
            this.CONSUME(T.Eq);
            const value = this.SUBRULE(this.orMissing);
            return this.make(() => ({ kind: "GivenFeature", feature, value, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): TestItem => {
            const items: Expr[] = [];
            this.CONSUME(T.K.list);
            const list = this.SUBRULE2(this.name);
            this.CONSUME(T.K.has);
            items.push(this.SUBRULE(this.expression));
            this.MANY(() => {
              this.CONSUME(T.Comma);
              items.push(this.SUBRULE2(this.expression));
            });
            return this.make(() => ({ kind: "GivenList", list, items, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): TestItem => {
            const event = this.SUBRULE(this.eventLiteral);
            const at = this.SUBRULE(this.atMoment);
            let repeat: { times: NumberLit; every: QuantityLit | null } | null = null;
            this.OPTION(() => (repeat = this.SUBRULE(this.repetition)));
            return this.make(() => ({ kind: "GivenEvent", event, at, repeat, span: this.spanFrom(first) }));
          },
        },
      ]);
    },
    { recoveryValueFunc: () => null },
  );

  /** repetition = "repeat" number [ "every" duration ] */
  repetition = this.RULE("repetition", (): { times: NumberLit; every: QuantityLit | null } => {
    this.CONSUME(T.K.repeat);
    const times = this.SUBRULE(this.plainNumber);
    let every: QuantityLit | null = null;
    this.OPTION(() => {
      this.CONSUME(T.K.every);
      every = this.SUBRULE(this.quantity);
    });
    return { times, every };
  });

  /** plainNumber = number */
  plainNumber = this.RULE(
    "plainNumber",
    (): NumberLit => {
      const token = this.CONSUME(T.Number_);
      return this.make(() => {
        const span = this.spanOf(token);
        return { kind: "NumberLit", value: readFinite(this.report, token.image || "0", span), span };
      });
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "NumberLit", value: 1, span: this.broken().span })) },
  );

  /** orMissing = "missing" | expression */
  orMissing = this.RULE(
    "orMissing",
    (): Expr | null =>
      this.OR([
        {
          ALT: (): Expr | null => {
            this.CONSUME(T.K.missing);
            return null;
          },
        },
        { ALT: (): Expr | null => this.SUBRULE(this.expression) },
      ]),
    { recoveryValueFunc: () => this.broken() },
  );

  /** eventLiteral = name record */
  eventLiteral = this.RULE(
    "eventLiteral",
    (): EventLit => {
      const first = this.LA(1);
      const event = this.SUBRULE(this.name);
      const fields = this.SUBRULE(this.record);
      return this.make(() => ({ kind: "EventLit", event, fields, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "EventLit", event: this.noName(), fields: [], span: this.broken().span })) },
  );

  /** atMoment = [ "at" ( date | [ "-" ] duration ) ] */
  atMoment = this.RULE(
    "atMoment",
    (): Moment | null => {
      let moment: Moment | null = null;
      this.OPTION(() => {
        this.CONSUME(T.K.at);
        const first = this.LA(1);
        this.OR([
          {
            ALT: () => {
              const time = this.SUBRULE(this.date);
              this.make(() => (moment = { kind: "Instant", time, span: this.spanFrom(first) }));
            },
          },
          {
            ALT: () => {
              let negative = false;
              this.OPTION2(() => {
                this.CONSUME(T.Minus);
                negative = true;
              });
              const duration = this.SUBRULE(this.quantity);
              this.make(() => (moment = { kind: "Offset", negative, duration, span: this.spanFrom(first) }));
            },
          },
        ]);
      });
      return moment;
    },
    { recoveryValueFunc: () => null },
  );

  /**
   * expectation = "outcome" name | "score" comparison | "feature" name ( [ "is" ] "missing" | comparison ) | "rules" names | "no" "rules"
   * | [ "no" ] ( "rule" name [ "row" number ] [ [ "is" ] "missing" ] | "reason" name [ text ] | "notice" name [ text ] | "list" name "has" expression
   * | "emit" name [ record ] )
   */
  expectation = this.RULE(
    "expectation",
    (): Expectation | null => {
      const first = this.LA(1);
      return this.OR([
        {
          ALT: (): Expectation => {
            this.CONSUME(T.K.outcome);
            const outcome = this.SUBRULE(this.name);
            return this.make(() => ({ kind: "ExpectOutcome", outcome, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): Expectation => {
            this.CONSUME(T.K.score);
            const { op, value } = this.SUBRULE(this.comparison);
            return this.make(() => ({ kind: "ExpectScore", op, value, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): Expectation => {
            this.CONSUME(T.K.rules);
            const rules = this.SUBRULE(this.names);
            return this.make(() => ({ kind: "ExpectRules", rules, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): Expectation => {
            this.CONSUME(T.K.no);
            this.CONSUME2(T.K.rules);
            return this.make(() => ({ kind: "ExpectRules", rules: [], span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): Expectation => {
            this.CONSUME(T.K.feature);
            return this.SUBRULE(this.expectFeature, { ARGS: [first] });
          },
        },
        {
          ALT: (): Expectation | null => {
            let negated = false;
            this.OPTION(() => {
              this.CONSUME2(T.K.no);
              negated = true;
            });
            return this.SUBRULE(this.expectThing, { ARGS: [first, negated] });
          },
        },
      ]);
    },
    { recoveryValueFunc: () => null },
  );

  /** comparison = ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) expression */
  comparison = this.RULE(
    "comparison",
    (): Comparison => {
      const word = this.CONSUME(this.RECORDING_PHASE || this.comparesNext() ? T.Operator : T.Never);
      const value = this.SUBRULE(this.expression);
      return this.make(() => {
        habits.operator(this.report, word, this.spanOf(word));
        return { op: (OPERATORS.get(word.tokenType.name)?.op ?? "==") as CompareOp, value };
      });
    },
    { recoveryValueFunc: () => this.make(() => ({ op: "==", value: this.broken() })) },
  );

  /** expectFeature = name ( [ "is" ] "missing" | comparison ) */
  expectFeature = this.RULE(
    "expectFeature",
    (first: ReturnType<typeof this.LA>): Expectation => {
      const feature = this.SUBRULE(this.name);
      let found: Comparison | null = null;
      this.OR([
        {
          ALT: () => {
            this.OPTION(() => this.CONSUME(T.K.is));
            this.CONSUME(T.K.missing);
          },
        },
        { ALT: () => (found = this.SUBRULE(this.comparison)) },
      ]);
      return this.make(() => {
        const { op, value } = found ?? { op: "==" as const, value: null };
        return { kind: "ExpectFeature", feature, op, value, span: this.spanFrom(first) };
      });
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "ExpectFeature", feature: this.noName(), op: "==", value: this.broken(), span: this.broken().span })) },
  );

  /** expectThing = "rule" name [ "row" number ] [ [ "is" ] "missing" ] | ( "reason" | "notice" ) name [ text ] | "list" name "has" expression | "emit" name [ record ] */
  expectThing = this.RULE(
    "expectThing",
    (first: ReturnType<typeof this.LA>, negated: boolean): Expectation | null =>
      this.OR([
        {
          ALT: (): Expectation => {
            this.CONSUME(T.K.rule);
            const rule = this.SUBRULE(this.name);
            let row: NumberLit | null = null;
            let missing = false;
            this.OPTION(() => {
              this.CONSUME(T.K.row);
              row = this.SUBRULE(this.plainNumber);
            });
            this.OPTION2(() => {
              this.OPTION3(() => this.CONSUME(T.K.is));
              this.CONSUME(T.K.missing);
              missing = true;
            });
            return this.make(() => ({ kind: "ExpectRule", state: missing ? "missing" : negated ? "none" : "hit", rule, row, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): Expectation => {
            const of = this.OR2([{ ALT: () => this.CONSUME(T.K.reason) }, { ALT: () => this.CONSUME(T.K.notice) }]);
            const code = this.SUBRULE2(this.name);
            let text: StringLit | null = null;
            this.OPTION4(() => (text = this.SUBRULE(this.plainText)));
            return this.make(() => ({
              kind: "ExpectReason", negated, of: of.tokenType === T.K.notice ? "notice" : "reason", code, text, span: this.spanFrom(first),
            }));
          },
        },
        {
          ALT: (): Expectation => {
            this.CONSUME(T.K.list);
            const list = this.SUBRULE3(this.name);
            this.CONSUME(T.K.has);
            const item = this.SUBRULE(this.expression);
            return this.make(() => ({ kind: "ExpectList", negated, list, item, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): Expectation => {
            this.CONSUME(T.K.emit);
            const name = this.SUBRULE4(this.name);
            let fields: readonly RecordEntry[] | null = null;
            this.OPTION5(() => (fields = this.SUBRULE(this.record)));
            return this.make(() => ({ kind: "ExpectEmit", negated, name, fields, span: this.spanFrom(first) }));
          },
        },
      ]),
    { recoveryValueFunc: () => null },
  );

  /** cases = "cases" "{" caseHeader { caseRow } "}" */
  cases = this.RULE(
    "cases",
    (): TestItem => {
      const first = this.CONSUME(T.K.cases);
      const rows: CaseRow[] = [];
      this.CONSUME(T.LBrace);
      const { inputs, outputs } = this.SUBRULE(this.caseHeader);
      this.MANY(() => {
        const row = this.SUBRULE(this.caseRow);
        this.make(() => rows.push(row));
      });
      this.CONSUME(T.RBrace);
      return this.make(() => ({ kind: "Cases", inputs, outputs, rows, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Cases", inputs: [], outputs: [], rows: [], span: this.broken().span })) },
  );

  /** caseHeader = "|" name { "|" name } "=>" name { "|" name } "|" */
  caseHeader = this.RULE(
    "caseHeader",
    (): CaseHeader => {
      const inputs: Ident[] = [];
      const outputs: Ident[] = [];
      this.CONSUME(T.Or1);
      inputs.push(this.SUBRULE(this.name));
      this.MANY(() => {
        this.CONSUME2(T.Or1);
        inputs.push(this.SUBRULE2(this.name));
      });
      this.CONSUME(T.EqGreater);
      outputs.push(this.SUBRULE3(this.name));
      this.MANY2({
        GATE: () => this.anotherCell(),
        DEF: () => {
          this.CONSUME3(T.Or1);
          outputs.push(this.SUBRULE4(this.name));
        },
      });
      this.CONSUME4(this.lastBar());
      return { inputs, outputs };
    },
    { recoveryValueFunc: () => ({ inputs: [], outputs: [] }) },
  );

  /** caseRow = "|" caseCell { "|" caseCell } "=>" caseCell { "|" caseCell } "|" */
  caseRow = this.RULE(
    "caseRow",
    (): CaseRow => {
      const first = this.CONSUME(T.Or1);
      const inputs: (Expr | null)[] = [];
      const outputs: (Expr | null)[] = [];
      inputs.push(this.SUBRULE(this.caseCell));
      this.MANY(() => {
        this.CONSUME2(T.Or1);
        inputs.push(this.SUBRULE2(this.caseCell));
      });
      this.CONSUME(T.EqGreater);
      outputs.push(this.SUBRULE3(this.caseCell));
      this.MANY2({
        GATE: () => this.anotherCell(),
        DEF: () => {
          this.CONSUME3(T.Or1);
          outputs.push(this.SUBRULE4(this.caseCell));
        },
      });
      this.CONSUME4(this.lastBar());
      return this.make(() => ({ kind: "CaseRow", inputs, outputs, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "CaseRow", inputs: [], outputs: [], span: this.broken().span })) },
  );

  /** caseCell = "-" | expression */
  caseCell = this.RULE(
    "caseCell",
    (): Expr | null =>
      this.OR([
        {
          GATE: () => this.asksNothing(),
          ALT: (): Expr | null => {
            this.CONSUME(T.Minus);
            return null;
          },
        },
        { ALT: (): Expr | null => this.cellValue("column"), IGNORE_AMBIGUITIES: true },
      ]),
    { recoveryValueFunc: () => this.broken() },
  );
}
