import type { IToken } from "chevrotain";
import type { Effect, Expr, Ident, QuantityLit, RecordEntry, RuleClause, StringLit, Sustained, Template, TimestampLit } from "../src/syntax/ast.ts";
import { RateParser } from "./rates.ts";
import * as T from "./tokens.ts";

/** The clauses of rules; the rows of tables are made of the same. */
export abstract class ClauseParser extends RateParser {
  /** What was read of a clause before a mistake in it. */
  private clause: RuleClause | null = null;

  /** A clause of which only the first word could be read. */
  private brokenClause(first: IToken): RuleClause | null {
    const span = this.spanOf(first);
    const expr: Expr = { kind: "Error", span: { ...span, start: span.end } };
    switch (first.tokenType) {
      case T.K.when:
        return { kind: "When", condition: expr, sustained: null, span };
      case T.K.clear:
        return { kind: "Clear", condition: expr, sustained: null, span };
      case T.K.then:
        return { kind: "Then", outcome: { kind: "Ident", name: "", span: expr.span }, span };
      case T.K.score:
        return { kind: "Score", score: expr, span };
      default:
        return null;
    }
  }

  /** ruleClause = condition | effectClause | result | lifeClause */
  ruleClause = this.RULE(
    "ruleClause",
    (): RuleClause | null => {
      const first = this.LA(1);
      this.make(() => (this.clause = this.brokenClause(first)));
      return this.OR([
        { ALT: (): RuleClause | null => this.SUBRULE(this.condition) },
        { ALT: (): RuleClause | null => this.SUBRULE(this.result) },
        { ALT: (): RuleClause | null => this.SUBRULE(this.effectClause) },
        { ALT: (): RuleClause | null => this.SUBRULE(this.lifeClause) },
      ]);
    },
    { recoveryValueFunc: () => this.clause },
  );

  /** condition = [ "clear" ] "when" expression [ sustained ] */
  condition = this.RULE(
    "condition",
    (): RuleClause | null => {
      const first = this.LA(1);
      let kind: "When" | "Clear" = "When";
      let sustained: Sustained | null = null;
      this.OPTION(() => {
        this.CONSUME(T.K.clear);
        kind = "Clear";
      });
      this.CONSUME(T.K.when);
      const condition = this.whole(this.SUBRULE(this.expression));
      this.make(() => (this.clause = { kind, condition, sustained: null, span: this.spanFrom(first) }));
      this.OPTION2(() => (sustained = this.SUBRULE(this.sustained)));
      return this.make(() => ({ kind, condition, sustained, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.clause },
  );

  /** sustained = "for" duration [ "by" names ] */
  sustained = this.RULE(
    "sustained",
    (): Sustained => {
      const first = this.CONSUME(T.K.for);
      const duration = this.SUBRULE(this.quantity);
      const keys = this.SUBRULE(this.byKeys);
      return this.make(() => ({ kind: "Sustained", duration, keys, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Sustained", duration: this.noQuantity(), keys: [], span: this.broken().span })) },
  );

  protected noQuantity(): QuantityLit {
    return { kind: "QuantityLit", value: 1, unit: "s", span: this.broken().span };
  }

  /** byKeys = [ "by" names ] */
  byKeys = this.RULE(
    "byKeys",
    (): readonly Ident[] => {
      let keys: readonly Ident[] = [];
      this.OPTION(() => {
        this.CONSUME(T.K.by);
        keys = this.SUBRULE(this.names);
      });
      return keys;
    },
    { recoveryValueFunc: () => [] },
  );

  /** result = "then" name | "score" expression | "reason" name [ template ] | "notice" name [ text ] | "tags" names */
  result = this.RULE(
    "result",
    (): RuleClause | null => {
      const first = this.LA(1);
      return this.OR([
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.then);
            const outcome = this.SUBRULE(this.name);
            return this.make(() => ({ kind: "Then", outcome, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.score);
            const score = this.whole(this.SUBRULE(this.expression));
            return this.make(() => ({ kind: "Score", score, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.reason);
            return this.SUBRULE(this.reasonText, { ARGS: [first] });
          },
        },
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.notice);
            return this.SUBRULE(this.noticeText, { ARGS: [first] });
          },
        },
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.tags);
            const tags = this.SUBRULE(this.names);
            return this.make(() => ({ kind: "Tags", tags, span: this.spanFrom(first) }));
          },
        },
      ]);
    },
    { recoveryValueFunc: () => this.clause },
  );

  /** reasonText = name [ template ] */
  reasonText = this.RULE(
    "reasonText",
    (first: IToken): RuleClause => {
      const code = this.SUBRULE(this.name);
      let text: Template | null = null;
      this.OPTION(() => (text = this.SUBRULE(this.template)));
      return this.make(() => ({ kind: "Reason", code, text, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Reason", code: this.noName(), text: null, span: this.broken().span })) },
  );

  /** noticeText = name [ text ] */
  noticeText = this.RULE(
    "noticeText",
    (first: IToken): RuleClause => {
      const code = this.SUBRULE(this.name);
      let text: StringLit | null = null;
      this.OPTION(() => (text = this.SUBRULE(this.plainText)));
      return this.make(() => ({ kind: "Notice", code, text, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Notice", code: this.noName(), text: null, span: this.broken().span })) },
  );

  /** effectClause = "do" effect */
  effectClause = this.RULE(
    "effectClause",
    (): RuleClause | null => {
      const first = this.CONSUME(T.K.do);
      const effect = this.SUBRULE(this.effect);
      return this.make(() => (effect === null ? null : { kind: "Do", effect, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => null },
  );

  /** effect = "add" expression "to" name [ "for" duration ] | "remove" expression "from" name | "emit" name [ record ] */
  effect = this.RULE(
    "effect",
    (): Effect | null => {
      const first = this.LA(1);
      return this.OR([
        {
          ALT: (): Effect => {
            this.CONSUME(T.K.add);
            const value = this.SUBRULE(this.expression);
            this.CONSUME(T.K.to);
            const list = this.SUBRULE(this.name);
            let ttl: QuantityLit | null = null;
            this.OPTION(() => {
              this.CONSUME(T.K.for);
              ttl = this.SUBRULE(this.quantity);
            });
            return this.make(() => ({ kind: "Add", value, list, ttl, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): Effect => {
            this.CONSUME(T.K.remove);
            const value = this.SUBRULE2(this.expression);
            this.CONSUME(T.K.from);
            const list = this.SUBRULE2(this.name);
            return this.make(() => ({ kind: "Remove", value, list, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): Effect => {
            this.CONSUME(T.K.emit);
            const name = this.SUBRULE3(this.name);
            let fields: readonly RecordEntry[] = [];
            this.OPTION2(() => (fields = this.SUBRULE(this.record)));
            return this.make(() => ({ kind: "Emit", name, fields, span: this.spanFrom(first) }));
          },
        },
      ]);
    },
    { recoveryValueFunc: () => null },
  );

  /** record = "{" [ recordEntry { "," recordEntry } [ "," ] ] "}" */
  record = this.RULE(
    "record",
    (): readonly RecordEntry[] => {
      const entries: RecordEntry[] = [];
      this.CONSUME(T.LBrace);
      this.OPTION(() => {
        entries.push(this.SUBRULE(this.recordEntry));
        this.MANY(() => {
          this.CONSUME(T.Comma);
          entries.push(this.SUBRULE2(this.recordEntry));
        });
        this.OPTION2(() => this.CONSUME2(T.Comma));
      });
      this.CONSUME(T.RBrace);
      return entries;
    },
    { recoveryValueFunc: () => [] },
  );

  /** recordEntry = name ":" expression */
  recordEntry = this.RULE(
    "recordEntry",
    (): RecordEntry => {
      const first = this.LA(1);
      const name = this.SUBRULE(this.name);
      this.CONSUME(T.Colon);
      const value = this.SUBRULE(this.expression);
      return this.make(() => ({ kind: "RecordEntry", name, value, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "RecordEntry", name: this.noName(), value: this.broken(), span: this.broken().span })) },
  );

  /**
   * lifeClause = "cooldown" duration byKeys | "on" "missing" ( "no" "match" | name ) | "mode" name | "rollout" quantity byKeys
   * | "active" [ "from" date ] [ "until" date ] | "review" "by" date | "was" names | owner
   */
  lifeClause = this.RULE(
    "lifeClause",
    (): RuleClause | null => {
      const first = this.LA(1);
      return this.OR([
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.cooldown);
            const duration = this.SUBRULE(this.quantity);
            const keys = this.SUBRULE(this.byKeys);
            return this.make(() => ({ kind: "Cooldown", duration, keys, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.on);
            this.CONSUME(T.K.missing);
            return this.SUBRULE(this.missingAction, { ARGS: [first] });
          },
        },
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.mode);
            const mode = this.SUBRULE(this.name);
            return this.make(() => ({ kind: "Mode", mode, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.rollout);
            const share = this.SUBRULE2(this.quantity);
            const keys = this.SUBRULE2(this.byKeys);
            return this.make(() => ({ kind: "Rollout", share, keys, span: this.spanFrom(first) }));
          },
        },
        { ALT: (): RuleClause => this.SUBRULE(this.active) },
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.review);
            this.CONSUME(T.K.by);
            const date = this.SUBRULE(this.date);
            return this.make(() => ({ kind: "ReviewBy", date, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.was);
            const names = this.SUBRULE(this.names);
            return this.make(() => ({ kind: "Was", names, span: this.spanFrom(first) }));
          },
        },
        { ALT: (): RuleClause => this.SUBRULE(this.owner) },
      ]);
    },
    { recoveryValueFunc: () => null },
  );

  /** missingAction = "no" "match" | name */
  missingAction = this.RULE(
    "missingAction",
    (first: IToken): RuleClause =>
      this.OR([
        {
          GATE: () => this.LA(2).tokenType === T.K.match,
          ALT: (): RuleClause => {
            this.CONSUME(T.K.no);
            this.CONSUME(T.K.match);
            return this.make(() => ({ kind: "OnMissing", action: "none", outcome: null, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): RuleClause => {
            const outcome = this.SUBRULE(this.name);
            const match = outcome.name === "match";
            return this.make(() => ({ kind: "OnMissing", action: match ? "match" : "outcome", outcome: match ? null : outcome, span: this.spanFrom(first) }));
          },
          IGNORE_AMBIGUITIES: true,
        },
      ]),
    { recoveryValueFunc: () => this.make(() => ({ kind: "OnMissing", action: "none", outcome: null, span: this.broken().span })) },
  );

  /** active = "active" [ "from" date ] [ "until" date ] */
  active = this.RULE(
    "active",
    (): RuleClause => {
      const first = this.CONSUME(T.K.active);
      let from: TimestampLit | null = null;
      let until: TimestampLit | null = null;
      this.OPTION(() => {
        this.CONSUME(T.K.from);
        from = this.SUBRULE(this.date);
      });
      this.OPTION2(() => {
        this.CONSUME(T.K.until);
        until = this.SUBRULE2(this.date);
      });
      return this.make(() => ({ kind: "Active", from, until, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Active", from: null, until: null, span: this.broken().span })) },
  );

  /** owner = "owner" text */
  owner = this.RULE(
    "owner",
    (): Extract<RuleClause, { kind: "Owner" }> => {
      const first = this.CONSUME(T.K.owner);
      const name = this.SUBRULE(this.plainText);
      return this.make(() => ({ kind: "Owner", name, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Owner", name: this.noText(), span: this.broken().span })) },
  );

  /** template = text, in which "{" expression "}" is a hole */
  template = this.RULE(
    "template",
    (): Template => {
      const token = this.CONSUME(T.Text);
      return this.make(() => {
        const parts: (string | Expr)[] = [];
        this.pending.push({ token, parts });
        return { kind: "Template", parts, span: this.spanOf(token) };
      });
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Template", parts: [], span: this.broken().span })) },
  );
}
