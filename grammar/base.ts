import { EmbeddedActionsParser, EOF, type IParserConfig, type IToken, type TokenType, tokenMatcher } from "chevrotain";
import type { Expr, Ident, QuantityLit, StringLit, TimestampLit } from "../src/syntax/ast.ts";
import type { Report } from "../src/text/report.ts";
import type { Span } from "../src/text/span.ts";
import { habits } from "./habits.ts";
import { readQuantity, readText } from "./literals.ts";
import { messages } from "./messages.ts";
import type { Level, Skipped } from "./skipping.ts";
import * as T from "./tokens.ts";

/** A template whose holes are read once the file is, since the parser cannot be entered twice. */
export interface PendingTemplate {
  readonly token: IToken;
  readonly parts: (string | Expr)[];
}

export const DECLARATIONS: readonly TokenType[] = [T.K.import, T.K.event, T.K.list, T.K.function, T.K.feature, T.K.ruleset, T.K.rates, T.K.test];
const RULESET_ITEMS: readonly TokenType[] = [T.K.outcomes, T.K.policy, T.K.default, T.K.thresholds, T.K.let, T.K.rule, T.K.table, T.K.owner];
const RULE_CLAUSES: readonly TokenType[] = [
  T.K.when, T.K.clear, T.K.then, T.K.score, T.K.reason, T.K.notice, T.K.tags, T.K.do, T.K.cooldown, T.K.on, T.K.mode, T.K.rollout, T.K.active,
  T.K.owner, T.K.review, T.K.was,
];
const TEST_ITEMS: readonly TokenType[] = [T.K.given, T.K.clock, T.K.when, T.K.expect, T.K.cases];

const STARTS: Readonly<Record<Level, readonly TokenType[]>> = {
  file: DECLARATIONS,
  event: [],
  ruleset: RULESET_ITEMS,
  rule: RULE_CLAUSES,
  table: [...RULE_CLAUSES, T.Or1],
  test: TEST_ITEMS,
};

/** What may stand behind the last expression of a clause. */
const AFTER_CLAUSES: ReadonlySet<TokenType> = new Set([
  ...DECLARATIONS, ...RULESET_ITEMS, ...RULE_CLAUSES, T.K.by, T.K.over, T.K.where, T.K.ending, T.K.lateness, T.K.excluding, T.K.for,
]);

/**
 * For rules inside an expression: they leave recovery to the expression around them. Each rule that tries costs a search
 * through all the rules that are open, which makes deep nests quadratic.
 */
export const INNER = { resyncEnabled: false } as const;

/** How many of the open rules, innermost first, Chevrotain looks at when it mends a single token: enough for three nests. */
const MENDING_RULES = 16;

/** What Chevrotain knows of its place in the grammar; internal to it, and not among its types. */
interface GrammarPath {
  readonly ruleStack: readonly string[];
  readonly occurrenceStack: readonly number[];
}

const internals = EmbeddedActionsParser.prototype as unknown as {
  getCurrentGrammarPath(this: EmbeddedActionsParser, type: TokenType, index: number): GrammarPath;
  findReSyncTokenType(this: EmbeddedActionsParser): TokenType;
};

/** What every part of the grammar stands on: places, names, and skipping what cannot be read. */
export abstract class BaseParser extends EmbeddedActionsParser {
  /** Set before each run by `load`. */
  protected file = "";
  protected text = "";
  protected report!: Report;
  /** Documentation comments, by the offset of the token they stand above. */
  protected docs: ReadonlyMap<number, string> = new Map();
  pending: PendingTemplate[] = [];
  /** In a table a bar and `=>` end an expression, and in its cells `..` too. */
  protected place: "clause" | "column" | "cell" = "clause";
  /** What was skipped; told only where nothing else explains it. */
  skips: Skipped[] = [];

  constructor(config: IParserConfig) {
    super(T.TOKENS, { recoveryEnabled: true, maxLookahead: 2, errorMessageProvider: messages, ...config });
  }

  /**
   * Overrides Chevrotain's own: it walks from the first rule through all that are open, by recursion, to find what may
   * follow a token. In deep nests that would be slow and overflow the stack.
   */
  protected getCurrentGrammarPath(type: TokenType, index: number): GrammarPath {
    const path = internals.getCurrentGrammarPath.call(this, type, index);
    return { ...path, ruleStack: path.ruleStack.slice(-MENDING_RULES), occurrenceStack: path.occurrenceStack.slice(-MENDING_RULES) };
  }

  /**
   * Overrides Chevrotain's own: in a table a cell that cannot be read ends at the next bar or arrow of its line, which
   * elsewhere are operators like others.
   */
  protected findReSyncTokenType(): TokenType {
    if (this.place === "clause") return internals.findReSyncTokenType.call(this);
    for (let ahead = 1; ; ahead++) {
      const token = this.LA(ahead);
      if (token.tokenType === T.Or1 || token.tokenType === T.EqGreater) return token.tokenType;
      if (token.tokenType === EOF || token.tokenType === T.RBrace || this.lineEndsBefore(this.LA(ahead + 1), token)) break;
    }
    return internals.findReSyncTokenType.call(this);
  }

  /** Makes the parser ready for the tokens of one file. */
  load(file: string, text: string, tokens: IToken[], docs: ReadonlyMap<number, string>, report: Report): void {
    this.input = tokens;
    this.file = file;
    this.text = text;
    this.docs = docs;
    this.report = report;
    this.place = "clause";
    this.pending = [];
    this.skips = [];
  }

  protected docOf(first: IToken): string | null {
    return this.docs.get(first.startOffset) ?? null;
  }

  /** From the start of a token to the end of what was read last. */
  protected spanFrom(first: IToken): Span {
    const start = this.startOf(first);
    return { file: this.file, start, end: Math.max(endOf(this.LA(0)), start) };
  }

  protected spanOf(token: IToken): Span {
    const start = this.startOf(token);
    return { file: this.file, start, end: Math.max(endOf(token), start) };
  }

  /** A token that recovery put in, or the end of the file, has no place of its own: it stands behind what was read last. */
  protected startOf(token: IToken): number {
    if (token.startOffset >= 0) return token.startOffset;
    return Math.max(0, endOf(this.LA(0)));
  }

  protected ident(token: IToken): Ident {
    return { kind: "Ident", name: token.isInsertedInRecovery === true ? "" : token.image, span: this.spanOf(token) };
  }

  /** What stands in for an expression that could not be read. */
  protected broken(): Expr {
    const start = this.startOf(this.LA(1));
    return { kind: "Error", span: { file: this.file, start, end: start } };
  }

  /**
   * An expression that a clause ends with. Where text follows that is no part of anything, the expression was cut short:
   * it stands as an error node, so that half of it is not checked.
   */
  protected whole(expr: Expr): Expr {
    if (this.RECORDING_PHASE) return expr;
    const { tokenType } = this.LA(1);
    if (tokenType === T.Or1 && this.place !== "clause") return expr;
    const ended = tokenType === EOF || tokenType === T.RBrace || AFTER_CLAUSES.has(tokenType);
    return ended ? expr : this.broken();
  }

  /** Builds a node; not while Chevrotain records the grammar with tokens that are none. */
  protected make<R>(build: () => R): R {
    return this.ACTION(build);
  }

  /** Whether a token is the first on its line. */
  protected lineEndsBefore(token: IToken, before: IToken = this.LA(0)): boolean {
    return this.text.slice(Math.max(0, endOf(before)), Math.max(0, token.startOffset)).includes("\n");
  }

  /** A reserved word on the line of what stands before it was meant as a name: reported, and taken as one. */
  protected mendName(): void {
    const token = this.LA(1);
    if (!T.isReserved(token)) return;
    const before = this.LA(0);
    if (this.lineEndsBefore(token) && before.tokenType !== T.Comma && before.tokenType !== T.LParen && before.tokenType !== T.Less) return;
    this.takeAsName(token);
  }

  /** Reports a reserved word and makes it a name. */
  protected takeAsName(token: IToken): void {
    habits.reserved(this.report, this.spanOf(token), token.image);
    token.tokenType = T.Identifier;
    token.tokenTypeIdx = T.Identifier.tokenTypeIdx ?? token.tokenTypeIdx;
  }

  /** `then decline` in the place of a name or value is a clause whose predecessor is cut short, `then > 5` a field of that name. */
  protected beginsClause(): boolean {
    const word = this.LA(1);
    if (!T.CLAUSE_WORDS.has(word.tokenType)) return false;
    const next = this.LA(2);
    return T.startsClause(word, next) && this.lineEndsBefore(word) && !this.lineEndsBefore(next, word);
  }

  /** name */
  name = this.RULE(
    "name",
    (): Ident => {
      this.make(() => this.mendName());
      const token = this.CONSUME(!this.RECORDING_PHASE && this.beginsClause() ? T.Never : T.Name);
      return this.make(() => this.ident(token));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "Ident", name: "", span: this.broken().span })) },
  );

  protected noText(): StringLit {
    return { kind: "StringLit", value: "", span: this.broken().span };
  }

  protected noName(): Ident {
    return { kind: "Ident", name: "", span: this.broken().span };
  }

  /** names = name { "," name } */
  names = this.RULE(
    "names",
    (): readonly Ident[] => {
      const names: Ident[] = [];
      this.make(() => this.mendName());
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
      return this.make(() => {
        const span = this.spanOf(token);
        return { kind: "QuantityLit", ...readQuantity(this.report, token.image || "0s", span), span };
      });
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "QuantityLit", value: 1, unit: "s", span: this.broken().span })) },
  );

  /** date = timestamp */
  date = this.RULE(
    "date",
    (): TimestampLit => {
      const token = this.CONSUME(T.Timestamp);
      return this.make(() => ({ kind: "TimestampLit", text: token.image, span: this.spanOf(token) }));
    },
    { recoveryValueFunc: () => this.make(() => ({ kind: "TimestampLit", text: "", span: this.broken().span })) },
  );

  /** Whatever is no part of the place, up to the next thing that is. */
  skipped = this.RULE("skipped", (level: Level): void => {
    const before = this.LA(0);
    const first = this.CONSUME(T.Any);
    let depth = opens(first);
    this.MANY({
      GATE: () => depth > 0 || !this.resumes(level),
      DEF: () => {
        const token = this.CONSUME2(T.Any);
        this.make(() => (depth += opens(token)));
      },
    });
    this.make(() => this.skips.push({ level, first, last: this.LA(0), before }));
  });

  /** Whether the next token begins something that this level can read, or ends it. */
  private resumes(level: Level): boolean {
    const next = this.LA(1);
    if (next.tokenType === T.RBrace) return level !== "file";
    // An outcome may well be called `review`; the clause is `review by`.
    if (next.tokenType === T.K.review && this.LA(2).tokenType !== T.K.by) return false;
    if (level === "event" && this.LA(2).tokenType === T.Colon) return tokenMatcher(next, T.Name) || T.isReserved(next);
    const starts = STARTS[level].some((type) => next.tokenType === type);
    return starts || (level !== "file" && DECLARATIONS.includes(next.tokenType) && this.LA(0).tokenType !== T.Dot);
  }
}

function opens(token: IToken): number {
  if (tokenMatcher(token, T.LBrace)) return 1;
  return tokenMatcher(token, T.RBrace) ? -1 : 0;
}

/** End of a token; mended tokens have an end of their own, since their text is not that of the file. */
function endOf(token: IToken | undefined): number {
  if (token === undefined || !(token.startOffset >= 0)) return -1;
  const { endOffset } = token;
  return endOffset === undefined || Number.isNaN(endOffset) ? token.startOffset + token.image.length : endOffset + 1;
}
