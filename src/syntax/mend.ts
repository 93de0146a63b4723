import { type IToken, tokenMatcher, type TokenType } from "chevrotain";
import { habits } from "../../grammar/habits.ts";
import * as T from "../../grammar/tokens.ts";
import type { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import { mendBlocks } from "./blocks.ts";
import { endOf, madeToken, placeOf } from "./made.ts";
import { endsOperand, joinsOperands, startsOperand } from "./operands.ts";

/** Words that people write in capitals, as in SQL. */
const CAPITALS: ReadonlyMap<string, TokenType> = new Map(
  (["and", "or", "not", "in", "is", "null", "true", "false", "missing", "present"] as const).flatMap((word) => [
    [word.toUpperCase(), T.K[word]] as const,
    [word.charAt(0).toUpperCase() + word.slice(1), T.K[word]] as const,
  ]),
);

/** Units that may stand apart from their number by mistake; words that also begin a clause are not among them. */
const UNITS: ReadonlySet<string> = new Set([
  "ms", "s", "m", "min", "h", "d", "w", "km", "mm", "cm", "kg", "degC", "degF", "rpm", "Hz", "bar", "kPa", "kW", "kWh",
]);

/**
 * Turns what people write out of habit into tokens of the language, each with its report, so that the parser never meets
 * it: words in capitals, `is null`, a unit apart from its number, a decimal comma, a block without its `}`.
 */
export function mend(tokens: readonly IToken[], source: SourceFile, report: Report): IToken[] {
  return [...mendBlocks(new Mender(tokens, source, report).run(), source, report)];
}

/** What a block holds; a record or a test is another. */
type Block = "fields" | "clauses" | "other";

/** The most tokens between the word that begins a declaration and its brace. */
const HEAD_TOKENS = 6;

/** Words behind which a clause goes on without any mark. */
const UNMARKED: ReadonlySet<TokenType> = new Set([
  T.K.when, T.K.then, T.K.score, T.K.reason, T.K.notice, T.K.tags, T.K.mode, T.K.owner, T.K.policy, T.K.default, T.K.outcomes, T.K.thresholds,
]);

/** Words behind which a name stands. */
const NAMING: ReadonlySet<TokenType> = new Set([T.K.then, T.K.default, T.K.policy]);

/** Whether an expression cannot end with a token: what follows belongs to it, also on the next line. */
function joinsNext(token: IToken): boolean {
  return tokenMatcher(token, T.Operator) || token.tokenType === T.K.not || token.tokenType === T.LParen || token.tokenType === T.Comma;
}

/** One walk over the tokens; each habit takes as many of them as it is made of. */
class Mender {
  readonly #tokens: readonly IToken[];
  readonly #source: SourceFile;
  readonly #report: Report;
  readonly #mended: IToken[] = [];
  /** Brackets and parentheses that are open. */
  #lists = 0;
  /** Whether the innermost parenthesis lists the members of an `enum`. */
  #inEnum = false;
  /** What each open block is the body of, outermost first. */
  readonly #blocks: Block[] = [];

  constructor(tokens: readonly IToken[], source: SourceFile, report: Report) {
    this.#tokens = tokens;
    this.#source = source;
    this.#report = report;
  }

  run(): readonly IToken[] {
    for (let i = 0; i < this.#tokens.length; ) {
      const token = this.#tokens[i] as IToken;
      const taken = this.#habit(token, i);
      if (taken > 0) {
        i += taken;
        continue;
      }
      this.#count(token);
      this.#mended.push(token);
      i++;
    }
    return this.#mended;
  }

  /** How many tokens were taken by a habit and replaced; 0 when the token is as it should be. */
  #habit(token: IToken, at: number): number {
    switch (token.tokenType) {
      case T.ForeignName:
        return this.#foreignName(token);
      case T.Number_:
        return this.#decimalComma(token, at) || this.#spacedUnit(token, at) || this.#spacedPercent(token, at);
      case T.K.is:
        return this.#isNull(token, at);
      case T.Colon:
      case T.Eq:
      case T.EqEq:
        return this.#clauseMark(token, at);
      case T.Comma:
        return this.#clauseComma(token, at);
      case T.Text:
        return this.#quotedName(token);
      case T.Identifier:
        return this.#capitals(token, at);
      default:
        return 0;
    }
  }

  #count(token: IToken): void {
    const { tokenType } = token;
    if (tokenType === T.LParen || tokenType === T.LBracket) {
      this.#lists++;
      this.#inEnum = this.#mended.at(-1)?.tokenType === T.K.enum;
    } else if (tokenType === T.RParen || tokenType === T.RBracket) {
      this.#lists = Math.max(0, this.#lists - 1);
      this.#inEnum = false;
    } else if (tokenType === T.LBrace) this.#blocks.push(this.#headOf());
    else if (tokenType === T.RBrace) this.#blocks.pop();
  }

  /** What the block that begins here is the body of, by the words before it. */
  #headOf(): Block {
    for (let i = this.#mended.length - 1; i >= Math.max(0, this.#mended.length - HEAD_TOKENS); i--) {
      const type = this.#mended[i]?.tokenType;
      if (type === T.LBrace || type === T.RBrace) break;
      if (type === T.K.event) return "fields";
      if (type === T.K.rule || type === T.K.ruleset || type === T.K.table) return "clauses";
    }
    return "other";
  }

  /** `then: review`, `score = 10`, `policy == worst` */
  #clauseMark(mark: IToken, at: number): number {
    const word = this.#mended.at(-1);
    const before = this.#mended.at(-2);
    if (this.#blocks.at(-1) !== "clauses" || this.#lists > 0 || word === undefined || !UNMARKED.has(word.tokenType)) return 0;
    const first = before?.tokenType === T.LBrace || (before !== undefined && this.#gap(before, word).includes("\n"));
    const next = this.#tokens[at + 1];
    // A name that goes on the line before, as in `x == score`, is compared by the mark.
    if (!first || next === undefined || (before !== undefined && before.tokenType !== T.LBrace && joinsNext(before))) return 0;
    habits.clauseMark(this.#report, placeOf(this.#source, mark), word.image, mark.image);
    return 1;
  }

  /** `score 10,` at the end of a line, `threeds: bool,` */
  #clauseComma(comma: IToken, at: number): number {
    const next = this.#tokens[at + 1];
    const block = this.#blocks.at(-1);
    if (next === undefined || this.#lists > 0 || !this.#gap(comma, next).includes("\n")) return 0;
    const ends = next.tokenType === T.RBrace;
    const field = block === "fields" && (ends || this.#tokens[at + 2]?.tokenType === T.Colon);
    const behind = this.#tokens[at + 2];
    const clause = block === "clauses" && (ends || (T.CLAUSE_WORDS.has(next.tokenType) && behind !== undefined && T.startsClause(next, behind)));
    if (!field && !clause) return 0;
    habits.comma(this.#report, placeOf(this.#source, comma));
    return 1;
  }

  /** `then "review"`: outcomes and policies are names. */
  #quotedName(text: IToken): number {
    const word = this.#mended.at(-1);
    const name = /^(["'])([A-Za-z_]\w*)\1$/.exec(text.image)?.[2];
    if (name === undefined || word === undefined || !NAMING.has(word.tokenType) || this.#blocks.at(-1) !== "clauses") return 0;
    const span = placeOf(this.#source, text);
    habits.quotedName(this.#report, span, name);
    this.#mended.push(madeToken(T.Identifier, name, span.start, span.end));
    return 1;
  }

  /** Text between the end of a token and the start of the next. */
  #gap(before: IToken, after: IToken): string {
    return this.#source.text.slice(endOf(before), after.startOffset);
  }

  /** `größe`: the lexer parts it at its first letter outside of `a-z`. */
  #foreignName(token: IToken): number {
    const before = this.#mended.at(-1);
    const joins = before !== undefined && endOf(before) === token.startOffset && /^[A-Za-z_]\w*$/.test(before.image);
    if (joins) this.#mended.pop();
    const first = joins ? before : token;
    const name = first === token ? token.image : first.image + token.image;
    const span = placeOf(this.#source, first, token);
    habits.foreignName(this.#report, span, name);
    this.#mended.push(madeToken(T.Identifier, name, span.start, span.end));
    return 1;
  }

  /** `x is null`, `x IS NOT NULL`, `x is not missing` */
  #isNull(is: IToken, at: number): number {
    const second = this.#tokens[at + 1];
    const negated = second !== undefined && wordOf(second) === "not";
    const last = negated ? this.#tokens[at + 2] : second;
    const asked = last === undefined ? undefined : wordOf(last);
    if (last === undefined || (asked !== "null" && asked !== "missing" && asked !== "present")) return 0;
    if (!negated && is.tokenType === T.K.is && (last.tokenType === T.K.missing || last.tokenType === T.K.present)) return 0;
    const present = (asked === "present") !== negated;
    const span = placeOf(this.#source, is, last);
    habits.presence(this.#report, span, this.#source.text.slice(span.start, span.end), present ? "is present" : "is missing");
    const word = present ? T.K.present : T.K.missing;
    this.#mended.push(madeToken(T.K.is, "is", is.startOffset, endOf(is)), madeToken(word, word === T.K.present ? "present" : "missing", last.startOffset, endOf(last)));
    return negated ? 3 : 2;
  }

  /** `AND`, `NOT`, `NULL` where they can only be meant as words of the language; an enum may have a member `OR`. */
  #capitals(token: IToken, at: number): number {
    const type = CAPITALS.get(token.image);
    const before = this.#mended.at(-1);
    const next = this.#tokens[at + 1];
    if (type === undefined || before?.tokenType === T.Dot || next?.tokenType === T.Colon || this.#inEnum) return 0;
    const infix = joinsOperands(before, next);
    if (type === T.K.is) return before !== undefined && endsOperand(before) ? this.#isNull(token, at) : 0;
    const prefix = type === T.K.not && !infix && next !== undefined && startsOperand(next);
    const value = type === T.K.null || type === T.K.true || type === T.K.false;
    const fits = value || prefix || (infix && type !== T.K.missing && type !== T.K.present);
    if (!fits) return 0;
    const partOfBetween = type === T.K.and && this.#closesBetween();
    if (!partOfBetween) habits.capitals(this.#report, token.image, placeOf(this.#source, token));
    this.#mended.push({ ...token, tokenType: type, tokenTypeIdx: type.tokenTypeIdx as number });
    return 1;
  }

  /** Whether the last word of an expression so far is a `between` that still waits for its `and`. */
  #closesBetween(): boolean {
    for (let i = this.#mended.length - 1; i >= Math.max(0, this.#mended.length - MAX_LOW_TOKENS); i--) {
      const type = this.#mended[i]?.tokenType;
      if (type === T.Between) return true;
      if (type === T.K.and || type === T.K.or || type === T.LBrace) return false;
    }
    return false;
  }

  /** `5 m`, `7 mm/s` */
  #spacedUnit(number: IToken, at: number): number {
    const unit = this.#tokens[at + 1];
    if (unit === undefined || !UNITS.has(unit.image) || !/^[ \t]+$/.test(this.#gap(number, unit))) return 0;
    const per = this.#tokens[at + 2];
    const last = this.#tokens[at + 3];
    const ratio =
      per?.tokenType === T.Slash && last?.tokenType === T.Identifier && this.#gap(unit, per) === "" && this.#gap(per, last) === "";
    const end = ratio ? last : unit;
    const image = number.image + this.#source.text.slice(unit.startOffset, endOf(end));
    this.#quantity(number, end, image);
    return ratio ? 4 : 2;
  }

  /** `20 %` where no operand follows */
  #spacedPercent(number: IToken, at: number): number {
    const percent = this.#tokens[at + 1];
    const next = this.#tokens[at + 2];
    if (percent?.tokenType !== T.Percent || !/^[ \t]+$/.test(this.#gap(number, percent))) return 0;
    const newLine = next !== undefined && this.#gap(percent, next).includes("\n");
    // A brace here begins a map: `7 % {"a": 2}.a`.
    const ends = next === undefined || (!startsOperand(next) && next.tokenType !== T.LBrace) || (newLine && T.CLAUSE_WORDS.has(next.tokenType));
    if (!ends) return 0;
    this.#quantity(number, percent, `${number.image}%`);
    return 2;
  }

  #quantity(first: IToken, last: IToken, image: string): void {
    const span = placeOf(this.#source, first, last);
    habits.spacedUnit(this.#report, span, image);
    this.#mended.push(madeToken(T.Quantity, image, span.start, span.end));
  }

  /** `1,5` without space, where no list or call is open, can only be a decimal point or a mark of thousands. */
  #decimalComma(whole: IToken, at: number): number {
    const comma = this.#tokens[at + 1];
    const rest = this.#tokens[at + 2];
    if (this.#lists > 0 || comma?.tokenType !== T.Comma || rest === undefined || !isFraction(rest)) return 0;
    if (endOf(whole) !== comma.startOffset || endOf(comma) !== rest.startOffset) return 0;
    const span = placeOf(this.#source, whole, rest);
    habits.decimalComma(this.#report, span, whole.image, rest.image);
    this.#mended.push(madeToken(rest.tokenType, `${whole.image}.${rest.image}`, span.start, span.end));
    return 3;
  }
}

/** The lower end of a `between` is hardly longer than this. */
const MAX_LOW_TOKENS = 12;

function isFraction(token: IToken): boolean {
  const { tokenType } = token;
  return (tokenType === T.Number_ || tokenType === T.Quantity || tokenType === T.Money) && /^\d+(?![\d.]*\.)/.test(token.image);
}

/** The word of the language that a token is, also in capitals. */
function wordOf(token: IToken): string | undefined {
  return token.tokenType === T.Identifier ? (CAPITALS.has(token.image) ? token.image.toLowerCase() : undefined) : token.image;
}
