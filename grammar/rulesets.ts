import type { Ident, LetDecl, NumberLit, RuleClause, RuleDecl, RulesetDecl, RulesetItem, StringLit, Threshold } from "../src/syntax/ast.ts";
import { readFinite } from "./literals.ts";
import { TableParser } from "./tables.ts";
import * as T from "./tokens.ts";

/** Rulesets and their rules. */
export abstract class RulesetParser extends TableParser {
  /** What was read of a part before a mistake in it, so that what follows can build on it. */
  private ruleset: RulesetDecl | null = null;
  private rule: RuleDecl | null = null;
  private let: LetDecl | null = null;

  /** ruleset = "ruleset" name "on" name "{" { rulesetItem } "}" */
  rulesetDecl = this.RULE(
    "rulesetDecl",
    (): RulesetDecl => {
      const first = this.CONSUME(T.K.ruleset);
      this.ruleset = null;
      const name = this.SUBRULE(this.name);
      this.CONSUME(T.K.on);
      const event = this.SUBRULE2(this.name);
      const items: RulesetItem[] = [];
      this.make(() => (this.ruleset = { kind: "Ruleset", name, event, items, doc: this.docOf(first), span: this.spanFrom(first) }));
      const keep = (item: RulesetItem | null): void => this.make(() => void (item !== null && items.push(item)));
      this.CONSUME(T.LBrace);
      this.MANY({
        GATE: () => this.inside(),
        DEF: () => {
          this.OR({ MAX_LOOKAHEAD: 1, DEF: [
            { ALT: () => keep(this.SUBRULE(this.rulesetClause)) },
            { ALT: () => keep(this.SUBRULE(this.letDecl)) },
            { ALT: () => keep(this.SUBRULE(this.ruleDecl)) },
            { ALT: () => keep(this.SUBRULE(this.tableDecl)) },
            { ALT: () => this.SUBRULE(this.skipped, { ARGS: ["ruleset"] }), IGNORE_AMBIGUITIES: true },
          ] });
        },
      });
      this.CONSUME(T.RBrace);
      return this.make(() => ({ kind: "Ruleset", name, event, items, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(
          () => this.ruleset ?? { kind: "Ruleset", name: this.noName(), event: this.noName(), items: [], doc: null, span: this.broken().span },
        ),
    },
  );

  /** rulesetClause = "outcomes" name { "<" name } | "policy" name | "default" name | "thresholds" threshold { "," threshold } | owner */
  rulesetClause = this.RULE(
    "rulesetClause",
    (): RulesetItem | null => {
      const first = this.LA(1);
      return this.OR([
        {
          ALT: (): RulesetItem => {
            this.CONSUME(T.K.outcomes);
            const names: Ident[] = [];
            this.make(() => this.mendName());
            this.AT_LEAST_ONE_SEP({ SEP: T.Less, DEF: () => names.push(this.SUBRULE(this.name)) });
            return this.make(() => ({ kind: "Outcomes", names, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): RulesetItem => {
            this.CONSUME(T.K.policy);
            const name = this.SUBRULE2(this.name);
            return this.make(() => ({ kind: "Policy", name, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): RulesetItem => {
            this.CONSUME(T.K.default);
            const outcome = this.SUBRULE3(this.name);
            return this.make(() => ({ kind: "Default", outcome, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): RulesetItem => {
            this.CONSUME(T.K.thresholds);
            const thresholds: Threshold[] = [];
            this.AT_LEAST_ONE_SEP2({ SEP: T.Comma, DEF: () => thresholds.push(this.SUBRULE(this.threshold)) });
            return this.make(() => ({ kind: "Thresholds", thresholds, span: this.spanFrom(first) }));
          },
        },
        { ALT: (): RulesetItem => this.SUBRULE(this.owner) },
      ]);
    },
    { recoveryValueFunc: () => null },
  );

  /** threshold = name "at" [ "-" ] number */
  threshold = this.RULE(
    "threshold",
    (): Threshold => {
      const outcome = this.SUBRULE(this.name);
      this.CONSUME(T.K.at);
      const first = this.LA(1);
      let sign = 1;
      this.OPTION(() => {
        this.CONSUME(T.Minus);
        sign = -1;
      });
      const number = this.CONSUME(T.Number_);
      return this.make(() => {
        const span = this.spanFrom(first);
        const at: NumberLit = { kind: "NumberLit", value: sign * readFinite(this.report, number.image || "0", span), span };
        return { outcome, at };
      });
    },
    {
      recoveryValueFunc: () =>
        this.make(() => ({ outcome: this.noName(), at: { kind: "NumberLit", value: 0, span: this.broken().span } })),
    },
  );

  /** let = "let" name "=" expression */
  letDecl = this.RULE(
    "letDecl",
    (): LetDecl => {
      const first = this.CONSUME(T.K.let);
      this.let = null;
      const name = this.SUBRULE(this.name);
      this.make(() => (this.let = { kind: "Let", name, value: this.broken(), doc: this.docOf(first), span: this.spanFrom(first) }));
      this.CONSUME(T.Eq);
      const value = this.whole(this.SUBRULE(this.expression));
      return this.make(() => ({ kind: "Let", name, value, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(() => this.let ?? { kind: "Let", name: this.noName(), value: this.broken(), doc: null, span: this.broken().span }),
    },
  );

  /** rule = "rule" name [ text ] "{" { ruleClause } "}" */
  ruleDecl = this.RULE(
    "ruleDecl",
    (): RuleDecl => {
      const first = this.CONSUME(T.K.rule);
      this.rule = null;
      const name = this.SUBRULE(this.name);
      let title: StringLit | null = null;
      const clauses: RuleClause[] = [];
      this.make(() => (this.rule = { kind: "Rule", name, title, clauses, doc: this.docOf(first), span: this.spanFrom(first) }));
      this.OPTION(() => (title = this.SUBRULE(this.plainText)));
      this.CONSUME(T.LBrace);
      this.body("rule", () => {
        const clause = this.SUBRULE(this.ruleClause);
        this.make(() => clause !== null && clauses.push(clause));
      });
      this.CONSUME(T.RBrace);
      return this.make(() => ({ kind: "Rule", name, title, clauses, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(
          () => this.rule ?? { kind: "Rule", name: this.noName(), title: null, clauses: [], doc: null, span: this.broken().span },
        ),
    },
  );
}
