import { compileExpr } from "../compile/closures.ts";
import type { Closure, EventProgram, ListProgram, Program, RuleProgram, RulesetProgram, Run } from "../compile/program.ts";
import { qualityOf, type FeatureQuality } from "../engine/quality.ts";
import { childrenOf, preorder } from "../ir/children.ts";
import type { ExprIr } from "../ir/ir.ts";
import { unpackOrigins, type Origin, type Origins } from "../ir/origins.ts";
import type { Missing, Value } from "../types/value.ts";
import type { Frame } from "../windows/spec.ts";

/** An event and its ruleset, as conditions are read again. */
export interface Situation {
  readonly program: Program;
  readonly event: EventProgram;
  readonly ruleset: RulesetProgram;
  readonly frame: Frame;
  readonly run: Run;
  /** Event time in milliseconds since 1970. */
  readonly at: number;
}

/** The condition of one rule at one event: what each part of it came to. It works on a copy of the frame. */
export class Reading {
  readonly when: ExprIr;
  readonly situation: Situation;
  readonly lists: readonly ListProgram[];
  /** Whether it is the row of a table. */
  readonly isRow: boolean;
  readonly #frame: Frame;
  readonly #origins: Origins;
  readonly #closures = new Map<ExprIr, Closure>();
  readonly #secret = new Map<ExprIr, boolean>();

  constructor(situation: Situation, { told, row, span }: RuleProgram) {
    const { program, ruleset, frame } = situation;
    this.situation = situation;
    this.when = told.when;
    this.isRow = row !== null;
    this.lists = [...program.lists.values()];
    this.#frame = frame.slice();
    this.#origins = unpackOrigins(told.when, span.start, told.origins, program.sources.map((each) => each.path), ruleset.types);
  }

  origin(part: ExprIr): Origin | undefined {
    return this.#origins.get(part);
  }

  /** All parts of the condition, each before what is inside of it. */
  parts(): Iterable<ExprIr> {
    return preorder(this.when);
  }

  closure(part: ExprIr): Closure {
    let closure = this.#closures.get(part);
    if (closure === undefined) this.#closures.set(part, (closure = compileExpr(part, this.situation.program.lookups)));
    return closure;
  }

  value(part: ExprIr): Value | Missing {
    return this.closure(part)(this.#frame, this.situation.run);
  }

  /** Null where all that the feature counts was seen, one by one. */
  quality(feature: number): FeatureQuality | null {
    const { run, program, at } = this.situation;
    return qualityOf(run.quality(feature), program.windows.features[feature] as Program["windows"]["features"][number], at);
  }

  /** Whether the value of a part shows a private field. Truth values and what `mask()` yields do not. */
  secret(part: ExprIr): boolean {
    const known = this.#secret.get(part);
    if (known !== undefined) return known;
    const secret = this.#shows(part);
    this.#secret.set(part, secret);
    return secret;
  }

  #shows(part: ExprIr): boolean {
    const { event } = this.situation;
    if (part.op === "slot") return event.schema.fields[part.slot]?.pii === true;
    if (part.op === "feature") return event.features.some((each) => each.slot === part.slot && each.secret);
    if (part.op === "call" && part.name === "mask") return false;
    if (typeof this.value(part) === "boolean") return false;
    return childrenOf(part).some((each) => this.secret(each));
  }
}

/** Why a value is missing, for people. */
export function causeText({ cause }: Missing): string {
  return cause.startsWith("field ") ? `\`${cause.slice("field ".length)}\` is not given` : cause;
}
