import { type IToken, tokenMatcher, type TokenType } from "chevrotain";
import * as T from "../../grammar/tokens.ts";
import type { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import { endOf } from "./made.ts";

/*
 * What a mistake in the syntax does to the text around it. Reading goes on behind it, but what stands beside it may have
 * been read as something else: the report leaves out what follows from that.
 */

/** Clauses that give nothing a name: a mistake in them leaves every name known. */
const NAMELESS: ReadonlySet<string> = new Set([
  "when", "then", "score", "reason", "notice", "tags", "do", "clear", "cooldown", "on", "mode", "rollout", "active", "owner", "review", "was",
  "policy", "default", "thresholds", "given", "expect", "clock",
]);

/** What begins or ends a part although it is no soft keyword. */
const STARTS: ReadonlySet<TokenType> = new Set([T.K.feature, T.K.list, T.RBrace]);

/** Tokens that could not be read. */
interface Broken {
  readonly from: number;
  /** The place of the token with which reading went on. */
  readonly to: number;
  /** Whether the name of a declaration is what is missing. */
  readonly nameless: boolean;
  /** Whether the mistake surely has nothing to do with what stands on the lines before. */
  readonly apart: boolean;
}

/** The tokens of a file with the places where reading can start anew. */
export class Layout {
  readonly #tokens: readonly IToken[];
  readonly #source: SourceFile;
  readonly #at: ReadonlyMap<IToken, number>;

  constructor(tokens: readonly IToken[], source: SourceFile) {
    this.#tokens = tokens;
    this.#source = source;
    this.#at = new Map(tokens.map((token, i) => [token, i]));
  }

  /** The place of a token among all; a token that recovery has made, and the end, stand behind the last one. */
  indexOf(token: IToken): number {
    return this.#at.get(token) ?? this.#tokens.length;
  }

  /** The place of the first token that ends behind an offset. */
  indexAt(offset: number): number {
    let low = 0;
    let high = this.#tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (endOf(this.#tokens[middle] as IToken) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #breaksBefore(i: number): boolean {
    const before = this.#tokens[i - 1];
    const token = this.#tokens[i];
    return before === undefined || token === undefined || this.#source.text.slice(endOf(before), token.startOffset).includes("\n");
  }

  /** Whether a clause, a field or a declaration begins here, or a block ends. */
  #starts(i: number): boolean {
    const token = this.#tokens[i];
    if (token === undefined || i === 0) return true;
    if (!this.#breaksBefore(i)) return false;
    return T.CLAUSE_WORDS.has(token.tokenType) || STARTS.has(token.tokenType) || this.#tokens[i + 1]?.tokenType === T.Colon;
  }

  /** The first token of the part of the text that a token belongs to. */
  #startOfPart(i: number): number {
    let start = Math.min(i, this.#tokens.length - 1);
    while (start > 0 && !this.#starts(start)) start--;
    return Math.max(0, start);
  }

  /**
   * Reports that from one token up to another the text could not be read as it stands, and yields the place behind the
   * part of the text that this harms.
   */
  damage(report: Report, { from, to, nameless, apart }: Broken): number {
    const start = apart && this.#breaksBefore(from) ? from : this.#startOfPart(from - 1);
    let end = Math.max(from, to);
    while (end < this.#tokens.length && !this.#starts(end)) end++;
    const inside = this.#tokens.slice(start, end);
    const first = inside[0];
    const last = inside.at(-1);
    if (first === undefined || last === undefined) return end;
    const declares = !NAMELESS.has(first.image) || this.#breaksBefore(from);
    const words = declares ? inside.filter((token) => tokenMatcher(token, T.Name) || T.isReserved(token)).map((token) => token.image) : [];
    report.damaged({
      span: { file: this.#source.path, start: first.startOffset, end: endOf(last) },
      from: this.#tokens[from]?.startOffset ?? endOf(last),
      words: new Set(words),
      nameless: declares && (nameless || first.tokenType === T.K.import),
    });
    return end;
  }
}
