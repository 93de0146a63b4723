import { type IToken, type TokenType, tokenMatcher } from "chevrotain";
import type {
  Decl,
  EventDecl,
  Expr,
  FeatureClause,
  FeatureDecl,
  FieldDecl,
  FunctionDecl,
  Ident,
  ImportDecl,
  LetDecl,
  ListDecl,
  ListSource,
  NumberLit,
  ParamDecl,
  QuantityLit,
  RuleClause,
  RuleDecl,
  RulesetDecl,
  RulesetItem,
  StringLit,
  Template,
  Threshold,
  TypeExpr,
} from "../src/syntax/ast.ts";
import type { Report } from "../src/text/report.ts";
import { ExpressionParser } from "./expressions.ts";
import { messages } from "./messages.ts";
import { readNumber, readQuantity, readText } from "./literals.ts";
import type { Level, Skipped } from "./skipping.ts";
import * as T from "./tokens.ts";

/** A template whose holes are read once the file is, since the parser cannot be entered twice. */
export interface PendingTemplate {
  readonly token: IToken;
  readonly parts: (string | Expr)[];
}

const DECLARATIONS: readonly TokenType[] = [T.K.import, T.K.event, T.K.list, T.K.function, T.K.feature, T.K.ruleset];
const RULESET_ITEMS: readonly TokenType[] = [T.K.outcomes, T.K.policy, T.K.default, T.K.thresholds, T.K.let, T.K.rule];
const RULE_CLAUSES: readonly TokenType[] = [T.K.when, T.K.then, T.K.score, T.K.reason, T.K.tags];

const STARTS: Readonly<Record<Level, readonly TokenType[]>> = {
  file: DECLARATIONS,
  ruleset: RULESET_ITEMS,
  rule: RULE_CLAUSES,
};

/** Reads a whole rule file. Each production stands above its rule; what cannot be read is reported and skipped. */
export class RuleParser extends ExpressionParser {
  /** Documentation comments, by the offset of the token they stand above. */
  private docs: ReadonlyMap<number, string> = new Map();
  pending: PendingTemplate[] = [];
  /** What was skipped; told only where nothing else explains it. */
  skips: Skipped[] = [];

  constructor(skipValidations: boolean) {
    super({ recoveryEnabled: true, maxLookahead: 2, skipValidations, errorMessageProvider: messages });
    this.performSelfAnalysis();
  }

  /** Makes the parser ready for the tokens of one file. */
  load(file: string, text: string, tokens: IToken[], docs: ReadonlyMap<number, string>, report: Report): void {
    this.input = tokens;
    this.file = file;
    this.text = text;
    this.docs = docs;
    this.report = report;
    this.pending = [];
    this.skips = [];
  }

  private docOf(first: IToken): string | null {
    return this.docs.get(first.startOffset) ?? null;
  }

  /** file = { import | event | list | function | feature | ruleset } */
  ruleFile = this.RULE("ruleFile", (): readonly Decl[] => {
    const decls: Decl[] = [];
    const keep = (decl: Decl): void => this.make(() => void decls.push(decl));
    this.MANY(() => {
      this.OR({ MAX_LOOKAHEAD: 1, DEF: [
        { ALT: () => keep(this.SUBRULE(this.importDecl)) },
        { ALT: () => keep(this.SUBRULE(this.eventDecl)) },
        { ALT: () => keep(this.SUBRULE(this.listDecl)) },
        { ALT: () => keep(this.SUBRULE(this.functionDecl)) },
        { ALT: () => keep(this.SUBRULE(this.featureDecl)) },
        { ALT: () => keep(this.SUBRULE(this.rulesetDecl)) },
        { ALT: () => this.SUBRULE(this.skipped, { ARGS: ["file"] }), IGNORE_AMBIGUITIES: true },
      ] });
    });
    return decls;
  });

  /** A lone expression, as `sluice eval` reads it. */
  loneExpression = this.RULE("loneExpression", (): Expr => this.SUBRULE(this.expression), {
    recoveryValueFunc: () => this.broken(),
  });

  /** Whatever is no part of the place, up to the next thing that is. */
  skipped = this.RULE("skipped", (level: Level): void => {
    const first = this.CONSUME(T.Any);
    let depth = opens(first);
    this.MANY({
      GATE: () => depth > 0 || !this.resumes(level),
      DEF: () => {
        const token = this.CONSUME2(T.Any);
        this.make(() => (depth += opens(token)));
      },
    });
    this.make(() => this.skips.push({ level, first, last: this.LA(0) }));
  });

  /** Whether the next token begins something that this level can read, or ends it. */
  private resumes(level: Level): boolean {
    const next = this.LA(1);
    if (next.tokenType === T.RBrace) return level !== "file";
    const starts = STARTS[level].some((type) => next.tokenType === type);
    return starts || (level !== "file" && DECLARATIONS.includes(next.tokenType) && this.LA(0).tokenType !== T.Dot);
  }

  /** import = "import" name { "," name } "from" text */
  importDecl = this.RULE(
    "importDecl",
    (): ImportDecl => {
      const first = this.CONSUME(T.K.import);
      const names = this.SUBRULE(this.names);
      this.CONSUME(T.K.from);
      const from = this.SUBRULE(this.plainText);
      return this.make(() => ({ kind: "Import", names, from, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Import", names: [], from: this.noText(), span: this.broken().span })) },
  );

  private noText(): StringLit {
    return { kind: "StringLit", value: "", span: this.broken().span };
  }

  private noName(): Ident {
    return { kind: "Ident", name: "", span: this.broken().span };
  }

  /** names = name { "," name } */
  names = this.RULE(
    "names",
    (): readonly Ident[] => {
      const names: Ident[] = [];
      this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => names.push(this.SUBRULE(this.name)) });
      return names;
    },
    { recoveryValueFunc: () => [] },
  );

  /** plainText = text */
  plainText = this.RULE(
    "plainText",
    (): StringLit => {
      const token = this.CONSUME(T.Text);
      return this.make(() => {
        const span = this.spanOf(token);
        const value = token.isInsertedInRecovery === true ? "" : readText(this.report, token, span);
        return { kind: "StringLit", value, span };
      });
    },
    { recoveryValueFunc: () => this.make(() => this.noText()) },
  );

  /** duration = quantity */
  quantity = this.RULE(
    "quantity",
    (): QuantityLit => {
      const token = this.CONSUME(T.Quantity);
      return this.make(() => ({ kind: "QuantityLit", ...readQuantity(token.image || "0s"), span: this.spanOf(token) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "QuantityLit", value: 1, unit: "s", span: this.broken().span })) },
  );

  /** event = "event" name "{" { field } "}" */
  eventDecl = this.RULE(
    "eventDecl",
    (): EventDecl => {
      const first = this.CONSUME(T.K.event);
      const name = this.SUBRULE(this.name);
      const fields: FieldDecl[] = [];
      this.CONSUME(T.LBrace);
      this.MANY(() => {
        const field = this.SUBRULE(this.field);
        this.make(() => fields.push(field));
      });
      this.CONSUME(T.RBrace);
      return this.make(() => ({ kind: "Event", name, fields, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Event", name: this.noName(), fields: [], doc: null, span: this.broken().span })) },
  );

  /** field = name ":" type [ "?" ] { "@" name } [ "=" expression ] { "@" name } */
  field = this.RULE(
    "field",
    (): FieldDecl => {
      const first = this.LA(1);
      const name = this.SUBRULE(this.name);
      this.CONSUME(T.Colon);
      const type = this.SUBRULE(this.type);
      let optional = false;
      const annotations: Ident[] = [];
      let value: Expr | null = null;
      this.OPTION(() => {
        this.CONSUME(T.Question);
        optional = true;
      });
      this.MANY(() => {
        this.CONSUME(T.At);
        annotations.push(this.SUBRULE2(this.name));
      });
      this.OPTION2(() => {
        this.CONSUME(T.Eq);
        value = this.SUBRULE(this.expression);
      });
      this.MANY2(() => {
        this.CONSUME2(T.At);
        annotations.push(this.SUBRULE3(this.name));
      });
      return this.make(() => ({
        kind: "Field", name, type, optional, annotations, default: value, doc: this.docOf(first), span: this.spanFrom(first),
      }));
    },
    {
      recoveryValueFunc: () =>
        this.make(() => ({
          kind: "Field", name: this.noName(), type: this.noType(), optional: false, annotations: [], default: null, doc: null,
          span: this.broken().span,
        })),
    },
  );

  private noType(): TypeExpr {
    return { kind: "NamedType", name: this.noName(), argument: null, span: this.broken().span };
  }

  /** type = enumType | listType | mapType | namedType */
  type: (idx?: number) => TypeExpr = this.RULE(
    "type",
    (): TypeExpr =>
      this.OR([
        { ALT: (): TypeExpr => this.SUBRULE(this.enumType) },
        { ALT: (): TypeExpr => this.SUBRULE(this.listType) },
        { ALT: (): TypeExpr => this.SUBRULE(this.mapType) },
        { ALT: (): TypeExpr => this.SUBRULE(this.namedType), IGNORE_AMBIGUITIES: true },
      ]),
    { recoveryValueFunc: () => this.make(() => this.noType()) },
  );

  /** enumType = "enum" "(" name { "," name } ")" */
  enumType = this.RULE(
    "enumType",
    (): TypeExpr => {
      const first = this.CONSUME(T.K.enum);
      this.CONSUME(T.LParen);
      const members = this.SUBRULE(this.names);
      this.CONSUME(T.RParen);
      return this.make(() => ({ kind: "EnumType", members, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => this.noType()) },
  );

  /** listType = "list" "[" type "]" */
  listType = this.RULE(
    "listType",
    (): TypeExpr => {
      const first = this.CONSUME(T.K.list);
      this.CONSUME(T.LBracket);
      const element = this.SUBRULE(this.type);
      this.CONSUME(T.RBracket);
      return this.make(() => ({ kind: "ListType", element, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => this.noType()) },
  );

  /** mapType = "map" "[" type "," type "]" */
  mapType = this.RULE(
    "mapType",
    (): TypeExpr => {
      const first = this.CONSUME(T.K.map);
      this.CONSUME(T.LBracket);
      const key = this.SUBRULE(this.type);
      this.CONSUME(T.Comma);
      const value = this.SUBRULE2(this.type);
      this.CONSUME(T.RBracket);
      return this.make(() => ({ kind: "MapType", key, value, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => this.noType()) },
  );

  /** namedType = name [ "[" unit "]" ] */
  namedType = this.RULE(
    "namedType",
    (): TypeExpr => {
      const first = this.LA(1);
      const name = this.SUBRULE(this.name);
      let argument: Ident | null = null;
      this.OPTION(() => {
        this.CONSUME(T.LBracket);
        argument = this.SUBRULE(this.unit);
        this.CONSUME(T.RBracket);
      });
      return this.make(() => ({ kind: "NamedType", name, argument, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => this.noType()) },
  );

  /** unit = "%" | name { ( "/" | "*" ) name } */
  unit = this.RULE(
    "unit",
    (): Ident => {
      const first = this.LA(1);
      this.OR([
        { ALT: () => void this.CONSUME(T.Percent) },
        {
          ALT: () => {
            this.SUBRULE(this.name);
            this.MANY(() => {
              this.OR2([{ ALT: () => this.CONSUME(T.Slash) }, { ALT: () => this.CONSUME(T.Star) }]);
              this.SUBRULE2(this.name);
            });
          },
        },
      ]);
      return this.make(() => {
        const span = this.spanFrom(first);
        return { kind: "Ident", name: this.text.slice(span.start, span.end).replaceAll(/\s/g, ""), span };
      });
    },
    { recoveryValueFunc: () => this.make(() => this.noName()) },
  );

  /** list = "list" name ":" type ( "=" items | "from" text | "managed" [ "ttl" duration ] ) */
  listDecl = this.RULE(
    "listDecl",
    (): ListDecl => {
      const first = this.CONSUME(T.K.list);
      const name = this.SUBRULE(this.name);
      this.CONSUME(T.Colon);
      const element = this.SUBRULE(this.type);
      const source = this.SUBRULE(this.listSource);
      return this.make(() => ({ kind: "List", name, element, source, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(() => ({ kind: "List", name: this.noName(), element: this.noType(), source: null, doc: null, span: this.broken().span })),
    },
  );

  /** listSource = "=" items | "from" text | "managed" [ "ttl" duration ] */
  listSource = this.RULE(
    "listSource",
    (): ListSource | null => {
      const first = this.LA(1);
      return this.OR([
        {
          ALT: (): ListSource => {
            this.CONSUME(T.Eq);
            const items = this.SUBRULE(this.items);
            return this.make(() => ({ kind: "inline", items, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): ListSource => {
            this.CONSUME(T.K.from);
            return { kind: "file", path: this.SUBRULE(this.plainText) };
          },
        },
        {
          ALT: (): ListSource => {
            this.CONSUME(T.K.managed);
            let ttl: QuantityLit | null = null;
            this.OPTION(() => {
              this.CONSUME(T.K.ttl);
              ttl = this.SUBRULE(this.quantity);
            });
            return this.make(() => ({ kind: "managed", ttl, span: this.spanFrom(first) }));
          },
        },
      ]);
    },
    { recoveryValueFunc: () => null },
  );

  /** function = "function" name "(" [ parameter { "," parameter } ] ")" ":" type "=" expression */
  functionDecl = this.RULE(
    "functionDecl",
    (): FunctionDecl => {
      const first = this.CONSUME(T.K.function);
      const name = this.SUBRULE(this.name);
      const params: ParamDecl[] = [];
      this.CONSUME(T.LParen);
      this.MANY_SEP({ SEP: T.Comma, DEF: () => params.push(this.SUBRULE(this.param)) });
      this.CONSUME(T.RParen);
      this.CONSUME(T.Colon);
      const returns = this.SUBRULE(this.type);
      this.CONSUME(T.Eq);
      const body = this.SUBRULE(this.expression);
      return this.make(() => ({ kind: "Function", name, params, returns, body, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(() => ({
          kind: "Function", name: this.noName(), params: [], returns: this.noType(), body: this.broken(), doc: null, span: this.broken().span,
        })),
    },
  );

  /** parameter = name ":" type */
  param = this.RULE(
    "param",
    (): ParamDecl => {
      const first = this.LA(1);
      const name = this.SUBRULE(this.name);
      this.CONSUME(T.Colon);
      const type = this.SUBRULE(this.type);
      return this.make(() => ({ kind: "Param", name, type, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Param", name: this.noName(), type: this.noType(), span: this.broken().span })) },
  );

  /** feature = "feature" name "=" name "of" name [ "." name ] { featureClause } */
  featureDecl = this.RULE(
    "featureDecl",
    (): FeatureDecl => {
      const first = this.CONSUME(T.K.feature);
      const name = this.SUBRULE(this.name);
      this.CONSUME(T.Eq);
      const aggregate = this.SUBRULE2(this.name);
      this.CONSUME(T.K.of);
      const event = this.SUBRULE3(this.name);
      let field: Ident | null = null;
      const clauses: FeatureClause[] = [];
      this.OPTION(() => {
        this.CONSUME(T.Dot);
        field = this.SUBRULE4(this.name);
      });
      this.MANY(() => {
        const clause = this.SUBRULE(this.featureClause);
        this.make(() => clause !== null && clauses.push(clause));
      });
      return this.make(() => ({ kind: "Feature", name, aggregate, event, field, clauses, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(() => ({
          kind: "Feature", name: this.noName(), aggregate: this.noName(), event: this.noName(), field: null, clauses: [], doc: null,
          span: this.broken().span,
        })),
    },
  );

  /** featureClause = "by" names | "over" duration | "ending" duration "ago" | "where" expression | "excluding" "current" */
  featureClause = this.RULE(
    "featureClause",
    (): FeatureClause | null => {
      const first = this.LA(1);
      return this.OR([
        {
          ALT: (): FeatureClause => {
            this.CONSUME(T.K.by);
            const keys = this.SUBRULE(this.names);
            return this.make(() => ({ kind: "By", keys, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): FeatureClause => {
            this.CONSUME(T.K.over);
            const window = this.SUBRULE(this.quantity);
            return this.make(() => ({ kind: "Over", window, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): FeatureClause => {
            this.CONSUME(T.K.ending);
            const ago = this.SUBRULE2(this.quantity);
            this.CONSUME(T.K.ago);
            return this.make(() => ({ kind: "Ending", ago, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): FeatureClause => {
            this.CONSUME(T.K.where);
            const condition = this.SUBRULE(this.expression);
            return this.make(() => ({ kind: "Where", condition, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): FeatureClause => {
            this.CONSUME(T.K.excluding);
            this.CONSUME(T.K.current);
            return this.make(() => ({ kind: "Excluding", span: this.spanFrom(first) }));
          },
        },
      ]);
    },
    { recoveryValueFunc: () => null },
  );

  /** ruleset = "ruleset" name "on" name "{" { rulesetItem } "}" */
  rulesetDecl = this.RULE(
    "rulesetDecl",
    (): RulesetDecl => {
      const first = this.CONSUME(T.K.ruleset);
      const name = this.SUBRULE(this.name);
      this.CONSUME(T.K.on);
      const event = this.SUBRULE2(this.name);
      const items: RulesetItem[] = [];
      const keep = (item: RulesetItem | null): void => this.make(() => void (item !== null && items.push(item)));
      this.CONSUME(T.LBrace);
      this.MANY({
        GATE: () => this.LA(1).tokenType !== T.RBrace && !DECLARATIONS.includes(this.LA(1).tokenType),
        DEF: () => {
          this.OR({ MAX_LOOKAHEAD: 1, DEF: [
            { ALT: () => keep(this.SUBRULE(this.rulesetClause)) },
            { ALT: () => keep(this.SUBRULE(this.letDecl)) },
            { ALT: () => keep(this.SUBRULE(this.ruleDecl)) },
            { ALT: () => this.SUBRULE(this.skipped, { ARGS: ["ruleset"] }), IGNORE_AMBIGUITIES: true },
          ] });
        },
      });
      this.CONSUME(T.RBrace);
      return this.make(() => ({ kind: "Ruleset", name, event, items, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(() => ({ kind: "Ruleset", name: this.noName(), event: this.noName(), items: [], doc: null, span: this.broken().span })),
    },
  );

  /** rulesetClause = "outcomes" name { "<" name } | "policy" name | "default" name | "thresholds" threshold { "," threshold } */
  rulesetClause = this.RULE(
    "rulesetClause",
    (): RulesetItem | null => {
      const first = this.LA(1);
      return this.OR([
        {
          ALT: (): RulesetItem => {
            this.CONSUME(T.K.outcomes);
            const names: Ident[] = [];
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
        const at: NumberLit = { kind: "NumberLit", value: sign * readNumber(number.image || "0"), span: this.spanFrom(first) };
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
      const name = this.SUBRULE(this.name);
      this.CONSUME(T.Eq);
      const value = this.SUBRULE(this.expression);
      return this.make(() => ({ kind: "Let", name, value, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Let", name: this.noName(), value: this.broken(), doc: null, span: this.broken().span })) },
  );

  /** rule = "rule" name [ text ] "{" { ruleClause } "}" */
  ruleDecl = this.RULE(
    "ruleDecl",
    (): RuleDecl => {
      const first = this.CONSUME(T.K.rule);
      const name = this.SUBRULE(this.name);
      let title: StringLit | null = null;
      const clauses: RuleClause[] = [];
      this.OPTION(() => (title = this.SUBRULE(this.plainText)));
      this.CONSUME(T.LBrace);
      this.MANY({
        GATE: () => this.LA(1).tokenType !== T.RBrace && !DECLARATIONS.includes(this.LA(1).tokenType),
        DEF: () => {
          this.OR({ MAX_LOOKAHEAD: 1, DEF: [
            {
              ALT: () => {
                const clause = this.SUBRULE(this.ruleClause);
                this.make(() => clause !== null && clauses.push(clause));
              },
            },
            { ALT: () => this.SUBRULE(this.skipped, { ARGS: ["rule"] }), IGNORE_AMBIGUITIES: true },
          ] });
        },
      });
      this.CONSUME(T.RBrace);
      return this.make(() => ({ kind: "Rule", name, title, clauses, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(() => ({ kind: "Rule", name: this.noName(), title: null, clauses: [], doc: null, span: this.broken().span })),
    },
  );

  /** ruleClause = "when" expression | "then" name | "score" expression | "reason" name [ template ] | "tags" names */
  ruleClause = this.RULE(
    "ruleClause",
    (): RuleClause | null => {
      const first = this.LA(1);
      return this.OR([
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.when);
            const condition = this.SUBRULE(this.expression);
            return this.make(() => ({ kind: "When", condition, span: this.spanFrom(first) }));
          },
        },
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
            const score = this.SUBRULE2(this.expression);
            return this.make(() => ({ kind: "Score", score, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): RuleClause => {
            this.CONSUME(T.K.reason);
            const code = this.SUBRULE2(this.name);
            let text: Template | null = null;
            this.OPTION(() => (text = this.SUBRULE(this.template)));
            return this.make(() => ({ kind: "Reason", code, text, span: this.spanFrom(first) }));
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
    { recoveryValueFunc: () => null },
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

function opens(token: IToken): number {
  if (tokenMatcher(token, T.LBrace)) return 1;
  return tokenMatcher(token, T.RBrace) ? -1 : 0;
}
