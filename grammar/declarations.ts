import type {
  EventDecl, Expr, FeatureClause, FeatureDecl, FieldDecl, FunctionDecl, Ident, ImportDecl, ListDecl, ListSource, NumberLit, ParamDecl, QuantityLit, RangeExpr, TypeExpr,
} from "../src/syntax/ast.ts";
import { DECLARATIONS } from "./base.ts";
import { ExpressionParser } from "./expressions.ts";
import { readFinite } from "./literals.ts";
import * as T from "./tokens.ts";

/** Events, lists, functions and features, and the types they are written with. */
export abstract class DeclarationParser extends ExpressionParser {
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

  /** What was read of a declaration before a mistake in it, so that its name stays known. */
  private event: EventDecl | null = null;
  private list: ListDecl | null = null;
  private function: FunctionDecl | null = null;
  private feature: FeatureDecl | null = null;

  /** event = "event" name "{" { field } "}" */
  eventDecl = this.RULE(
    "eventDecl",
    (): EventDecl => {
      const first = this.CONSUME(T.K.event);
      this.event = null;
      const name = this.SUBRULE(this.name);
      const fields: FieldDecl[] = [];
      this.make(() => (this.event = { kind: "Event", name, fields, doc: this.docOf(first), span: this.spanFrom(first) }));
      this.CONSUME(T.LBrace);
      this.MANY({
        GATE: () => this.continuesEvent(),
        DEF: () => {
          this.OR({ MAX_LOOKAHEAD: 1, DEF: [
            {
              ALT: () => {
                const field = this.SUBRULE(this.field);
                this.make(() => fields.push(field));
              },
            },
            { ALT: () => this.SUBRULE(this.skipped, { ARGS: ["event"] }), IGNORE_AMBIGUITIES: true },
          ] });
        },
      });
      this.CONSUME(T.RBrace);
      return this.make(() => ({ kind: "Event", name, fields, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(() => this.event ?? { kind: "Event", name: this.noName(), fields: [], doc: null, span: this.broken().span }),
    },
  );

  /** Up to the brace or the next declaration. A reserved word before a colon is a field with a name that cannot be one. */
  private continuesEvent(): boolean {
    const token = this.LA(1);
    if (this.LA(2).tokenType !== T.Colon) return token.tokenType !== T.RBrace && !DECLARATIONS.includes(token.tokenType);
    if (T.isReserved(token)) this.takeAsName(token);
    return true;
  }

  /** field = name ":" type [ "?" ] [ "in" range ] { "@" name } [ "=" expression ] { "@" name } */
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
      let range: RangeExpr | null = null;
      this.OPTION(() => {
        this.CONSUME(T.Question);
        optional = true;
      });
      this.OPTION3(() => {
        this.CONSUME(T.K.in);
        range = this.SUBRULE(this.range);
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
        kind: "Field", name, type, optional, annotations, default: value, range, doc: this.docOf(first), span: this.spanFrom(first),
      }));
    },
    {
      recoveryValueFunc: () =>
        this.make(() => ({
          kind: "Field", name: this.noName(), type: this.noType(), optional: false, annotations: [], default: null, range: null, doc: null,
          span: this.broken().span,
        })),
    },
  );

  /** range = operand ".." operand */
  range = this.RULE(
    "range",
    (): RangeExpr => {
      const first = this.LA(1);
      const low = this.SUBRULE(this.operand);
      this.CONSUME(T.DotDot);
      const high = this.SUBRULE2(this.operand);
      return this.make(() => ({ kind: "Range", low: low.expr, high: high.expr, span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Range", low: this.broken(), high: this.broken(), span: this.broken().span })) },
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

  /** unit = "%" | name [ name ] { ( "/" | "*" ) name }; the second name is the `degC` of `delta degC` */
  unit = this.RULE(
    "unit",
    (): Ident => {
      const first = this.LA(1);
      this.OR([
        { ALT: () => void this.CONSUME(T.Percent) },
        {
          ALT: () => {
            this.SUBRULE(this.name);
            this.OPTION(() => this.SUBRULE3(this.name));
            this.MANY(() => {
              this.OR2([{ ALT: () => this.CONSUME(T.Slash) }, { ALT: () => this.CONSUME(T.Star) }]);
              this.SUBRULE2(this.name);
            });
          },
        },
      ]);
      return this.make(() => {
        const span = this.spanFrom(first);
        return { kind: "Ident", name: this.text.slice(span.start, span.end).replaceAll(/\s+/g, " ").replaceAll(/ ?([*/]) ?/g, "$1"), span };
      });
    },
    { recoveryValueFunc: () => this.make(() => this.noName()) },
  );

  /** list = "list" name ":" type ( "=" items | "from" text | "managed" [ "ttl" duration ] ) */
  listDecl = this.RULE(
    "listDecl",
    (): ListDecl => {
      const first = this.CONSUME(T.K.list);
      this.list = null;
      const name = this.SUBRULE(this.name);
      this.make(() => (this.list = { kind: "List", name, element: this.noType(), source: null, doc: this.docOf(first), span: this.spanFrom(first) }));
      this.CONSUME(T.Colon);
      const element = this.SUBRULE(this.type);
      this.make(() => (this.list = { kind: "List", name, element, source: null, doc: this.docOf(first), span: this.spanFrom(first) }));
      const source = this.SUBRULE(this.listSource);
      return this.make(() => ({ kind: "List", name, element, source, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(
          () => this.list ?? { kind: "List", name: this.noName(), element: this.noType(), source: null, doc: null, span: this.broken().span },
        ),
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
      this.function = null;
      const name = this.SUBRULE(this.name);
      const params: ParamDecl[] = [];
      const draft = (returns: TypeExpr): void => {
        this.function = { kind: "Function", name, params, returns, body: this.broken(), doc: this.docOf(first), span: this.spanFrom(first) };
      };
      this.make(() => draft(this.noType()));
      this.CONSUME(T.LParen);
      this.MANY_SEP({ SEP: T.Comma, DEF: () => params.push(this.SUBRULE(this.param)) });
      this.CONSUME(T.RParen);
      this.CONSUME(T.Colon);
      const returns = this.SUBRULE(this.type);
      this.make(() => draft(returns));
      this.CONSUME(T.Eq);
      const body = this.whole(this.SUBRULE(this.expression));
      return this.make(() => ({ kind: "Function", name, params, returns, body, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    {
      recoveryValueFunc: () =>
        this.make(
          () =>
            this.function ?? {
              kind: "Function", name: this.noName(), params: [], returns: this.noType(), body: this.broken(), doc: null, span: this.broken().span,
            },
        ),
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

  /** feature = "feature" name "=" name [ "(" number ")" ] "of" name [ "." name ] { featureClause } */
  featureDecl = this.RULE(
    "featureDecl",
    (): FeatureDecl => {
      const first = this.CONSUME(T.K.feature);
      this.feature = null;
      const name = this.SUBRULE(this.name);
      this.make(() => (this.feature = { ...this.noFeature(), name, span: this.spanFrom(first) }));
      this.CONSUME(T.Eq);
      const aggregate = this.SUBRULE2(this.name);
      let argument: NumberLit | null = null;
      this.OPTION2(() => {
        this.CONSUME(T.LParen);
        const number = this.CONSUME(T.Number_);
        this.CONSUME(T.RParen);
        this.make(() => {
          const span = this.spanOf(number);
          argument = { kind: "NumberLit", value: readFinite(this.report, number.image || "0", span), span };
        });
      });
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
      return this.make(() => ({ kind: "Feature", name, aggregate, argument, event, field, clauses, doc: this.docOf(first), span: this.spanFrom(first) }));
    },
    { recoveryValueFunc: () => this.make(() => this.feature ?? this.noFeature()) },
  );

  private noFeature(): FeatureDecl {
    const { span } = this.broken();
    return { kind: "Feature", name: this.noName(), aggregate: this.noName(), argument: null, event: this.noName(), field: null, clauses: [], doc: null, span };
  }

  /** featureClause = "by" names | "over" duration | "ending" duration "ago" | "where" expression | "lateness" duration | "excluding" "current" */
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
            const condition = this.whole(this.SUBRULE(this.expression));
            return this.make(() => ({ kind: "Where", condition, span: this.spanFrom(first) }));
          },
        },
        {
          ALT: (): FeatureClause => {
            this.CONSUME(T.K.lateness);
            const allowed = this.SUBRULE3(this.quantity);
            return this.make(() => ({ kind: "Lateness", allowed, span: this.spanFrom(first) }));
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
}
