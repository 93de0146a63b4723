import {
  Alternation, Alternative, NonTerminal, Option, Repetition, RepetitionMandatory, RepetitionMandatoryWithSeparator, RepetitionWithSeparator, Terminal, tokenMatcher,
  type IProduction, type IToken, type Rule, type TokenType,
} from "chevrotain";
import { RuleParser } from "./parser.ts";
import { And1, Eq, EqGreater, lexer, Operator, Or1 } from "./tokens.ts";

/*
 * What may stand next: the productions as a machine with a stack, moved along the tokens before the cursor. Chevrotain
 * itself no longer tells. Gates and actions play no part, so a little more is offered than the parser would take.
 */

/** A production that takes any token, for skipping; it would make everything expected everywhere. */
const SKIPPING = "skipped";

/** A place between two tokens of one production. */
interface State {
  readonly id: number;
  readonly rule: string;
  /** What leads on, each with where it leads to; steps that take nothing are resolved. */
  readonly tokens: (readonly [TokenType, State])[];
  readonly calls: (readonly [rule: string, State])[];
  readonly silent: State[];
  /** Whether the production may end here. */
  ends: boolean;
}

/** One production under way: its place, the one that waits for it, and the last token taken in it. */
interface Frame {
  readonly id: number;
  readonly state: State;
  readonly parent: Frame | null;
  readonly via: string;
}

/** A token that may stand next, and where in the grammar: productions from the inside out. */
export interface Expected {
  /** The token's name: `"then"` with its quotes for a word, `Name`, `LBrace`. */
  readonly token: string;
  readonly places: readonly Place[];
}

export interface Place {
  readonly rule: string;
  /** The last token that the production took itself, empty when none. */
  readonly via: string;
}

/** The productions as machines, each with its first place and the tokens that it can begin with. */
class Machines {
  readonly #starts = new Map<string, State>();
  readonly #first = new Map<string, ReadonlySet<TokenType>>();
  readonly #begins = new Map<string, Map<TokenType, boolean>>();
  #states = 0;

  constructor(rules: Readonly<Record<string, Rule>>) {
    for (const [name, rule] of Object.entries(rules)) {
      if (name === SKIPPING) continue;
      const start = this.#state(name);
      this.#starts.set(name, start);
      this.#row(rule.definition, start).ends = true;
    }
    for (const start of this.#starts.values()) this.#resolve(start);
  }

  start(rule: string): State {
    const state = this.#starts.get(rule);
    if (state === undefined) throw new RangeError(`there is no production \`${rule}\``);
    return state;
  }

  /** Whether a production can begin with a token. */
  begins(rule: string, token: IToken): boolean {
    let known = this.#begins.get(rule);
    if (known === undefined) this.#begins.set(rule, (known = new Map<TokenType, boolean>()));
    let answer = known.get(token.tokenType);
    if (answer === undefined) {
      answer = [...this.#firstOf(rule)].some((type) => tokenMatcher(token, type));
      known.set(token.tokenType, answer);
    }
    return answer;
  }

  /** Whether a production may be nothing. */
  mayBeNone(rule: string): boolean {
    return this.start(rule).ends;
  }

  #firstOf(rule: string): ReadonlySet<TokenType> {
    const known = this.#first.get(rule);
    if (known !== undefined) return known;
    const found = new Set<TokenType>();
    this.#first.set(rule, found);
    const open = new Set([this.start(rule)]);
    for (const { tokens, calls } of open) {
      for (const [type] of tokens) found.add(type);
      for (const [called, to] of calls) {
        for (const type of this.#firstOf(called)) found.add(type);
        if (this.mayBeNone(called)) open.add(to);
      }
    }
    return found;
  }

  #state(rule: string): State {
    return { id: this.#states++, rule, tokens: [], calls: [], silent: [], ends: false };
  }

  #row(parts: readonly IProduction[], from: State): State {
    let at = from;
    for (const part of parts) at = this.#part(part, at);
    return at;
  }

  #part(part: IProduction, from: State): State {
    const to = this.#state(from.rule);
    if (part instanceof Terminal) from.tokens.push([part.terminalType, to]);
    else if (part instanceof NonTerminal) {
      if (part.nonTerminalName !== SKIPPING) from.calls.push([part.nonTerminalName, to]);
    } else if (part instanceof Alternation) {
      for (const each of part.definition) if (each instanceof Alternative) this.#row(each.definition, from).silent.push(to);
    } else if (part instanceof Option) {
      from.silent.push(to);
      this.#row(part.definition, from).silent.push(to);
    } else if (part instanceof Repetition) this.#repetition(part.definition, null, true, from, to);
    else if (part instanceof RepetitionMandatory) this.#repetition(part.definition, null, false, from, to);
    else if (part instanceof RepetitionWithSeparator) this.#repetition(part.definition, part.separator, true, from, to);
    else if (part instanceof RepetitionMandatoryWithSeparator) this.#repetition(part.definition, part.separator, false, from, to);
    else throw new TypeError("a kind of production that is not known");
    return to;
  }

  #repetition(parts: readonly IProduction[], separator: TokenType | null, mayBeNone: boolean, from: State, to: State): void {
    const begin = this.#state(from.rule);
    from.silent.push(begin);
    if (mayBeNone) from.silent.push(to);
    const end = this.#row(parts, begin);
    end.silent.push(to);
    if (separator === null) end.silent.push(begin);
    else end.tokens.push([separator, begin]);
  }

  /** Gives every place what its silent steps lead to. */
  #resolve(start: State): void {
    const seen = new Set<State>([start]);
    for (const state of seen) {
      const reached = new Set<State>([state]);
      for (const each of reached) for (const next of each.silent) reached.add(next);
      for (const each of reached) {
        if (each === state) continue;
        state.tokens.push(...each.tokens.filter((edge) => !state.tokens.includes(edge)));
        state.calls.push(...each.calls.filter((edge) => !state.calls.includes(edge)));
        state.ends ||= each.ends;
      }
      for (const [, next] of [...state.tokens, ...state.calls]) seen.add(next);
      for (const next of state.silent) seen.add(next);
    }
  }
}

/** One walk along the tokens of a text. */
class Walk {
  readonly #machines: Machines;
  readonly #frames = new Map<string, Frame>();

  constructor(machines: Machines) {
    this.#machines = machines;
  }

  begin(rule: string): readonly Frame[] {
    return [this.#frame(this.#machines.start(rule), null, "")];
  }

  /** Frames that are the same are one, so that sets of them stay small. */
  #frame(state: State, parent: Frame | null, via: string): Frame {
    const key = `${state.id} ${parent?.id ?? ""} ${via}`;
    let frame = this.#frames.get(key);
    if (frame === undefined) this.#frames.set(key, (frame = { id: this.#frames.size, state, parent, via }));
    return frame;
  }

  /** All that a token leads to; nothing when it has no place. */
  take(frames: readonly Frame[], token: IToken): readonly Frame[] {
    const next = new Set<Frame>();
    const open = new Set(frames);
    for (const { state, parent, via } of open) {
      for (const [type, to] of state.tokens) if (fits(token, type)) next.add(this.#frame(to, parent, token.tokenType.name));
      for (const [rule, to] of state.calls) {
        if (this.#machines.mayBeNone(rule)) open.add(this.#frame(to, parent, via));
        if (this.#machines.begins(rule, token)) open.add(this.#frame(this.#machines.start(rule), this.#frame(to, parent, via), ""));
      }
      if (state.ends && parent !== null) open.add(parent);
    }
    return [...next];
  }

  expected(frames: readonly Frame[]): readonly Expected[] {
    const found = new Map<string, Expected>();
    const open = new Set(frames);
    for (const frame of open) {
      const { state, parent, via } = frame;
      for (const [type] of state.tokens) {
        const key = `${type.name} ${state.id} ${frame.parent?.id ?? ""}`;
        if (!found.has(key)) found.set(key, { token: type.name, places: placesOf(frame) });
      }
      for (const [rule, to] of state.calls) {
        if (this.#machines.mayBeNone(rule)) open.add(this.#frame(to, parent, via));
        open.add(this.#frame(this.#machines.start(rule), this.#frame(to, parent, via), ""));
      }
      if (state.ends && parent !== null) open.add(parent);
    }
    return [...found.values()];
  }
}

/** Marks of other languages count as operators for the parser, which mends them; here `|` and `=>` are those of tables alone. */
function fits(token: IToken, type: TokenType): boolean {
  return tokenMatcher(token, type) && (type !== Operator || !FOREIGN.has(token.tokenType));
}

const FOREIGN: ReadonlySet<TokenType> = new Set([Or1, And1, Eq, EqGreater]);

function placesOf(frame: Frame): readonly Place[] {
  const places: Place[] = [];
  for (let at: Frame | null = frame; at !== null; at = at.parent) places.push({ rule: at.state.rule, via: at.via });
  return places;
}

/** The machines of the grammar: made once, since they never change. */
export class NextTokens {
  readonly #machines = new Machines(new RuleParser(true).getGAstProductions());

  /**
   * What may stand behind a text. A line that does not fit is left out, and the walk goes on from the last line before it
   * that the next one fits to. Empty when the line of the end does not fit itself.
   */
  after(text: string): readonly Expected[] {
    const walk = new Walk(this.#machines);
    const { tokens } = lexer.tokenize(text);
    let frames = walk.begin("ruleFile");
    const lines: (readonly Frame[])[] = [];
    let end = 0;
    for (const token of tokens) {
      const first = token.startOffset === 0 || text.slice(end, token.startOffset).includes("\n");
      end = token.startOffset + token.image.length;
      if (first) {
        const fits = frames.length > 0 ? walk.take(frames, token) : [];
        if (frames.length > 0) lines.push(frames);
        frames = fits.length > 0 ? fits : resume(walk, lines, token);
      } else if (frames.length > 0) frames = walk.take(frames, token);
    }
    if (frames.length > 0) return walk.expected(frames);
    return text.slice(end).includes("\n") ? walk.expected(lines.at(-1) ?? []) : [];
  }
}

function resume(walk: Walk, lines: readonly (readonly Frame[])[], token: IToken): readonly Frame[] {
  for (const frames of lines.toReversed()) {
    const next = walk.take(frames, token);
    if (next.length > 0) return next;
  }
  return [];
}
