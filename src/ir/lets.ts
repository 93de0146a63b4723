import type { LetInfo } from "../check/checked.ts";
import { childrenOf } from "./children.ts";
import type { ExprIr } from "./ir.ts";

/** Lets as they were lowered before. */
export type KnownLets = WeakMap<LetInfo, ExprIr>;

/** The lets of a ruleset while it is lowered: each is when something first reads it, and takes its slots then. */
export class Lets {
  readonly #known: KnownLets;
  readonly #values = new Map<LetInfo, ExprIr>();
  #noted = new Map<LetInfo, ExprIr | undefined>();

  /** @param known taken from and added to */
  constructor(known: KnownLets = new WeakMap()) {
    this.#known = known;
  }

  /** The value of a let, where something has read it. */
  get(info: LetInfo): ExprIr | undefined {
    return this.#values.get(info);
  }

  /** The same, for an expression that reads it. */
  read(info: LetInfo): ExprIr | undefined {
    const value = this.#values.get(info);
    if (!this.#noted.has(info)) this.#noted.set(info, value);
    return value;
  }

  /** Says what a let is; where that is what it was before, it is the same node, so that those who read it are as they were. */
  add(info: LetInfo, value: ExprIr): ExprIr {
    const known = this.#known.get(info);
    const kept = known !== undefined && slotsOf(known) === slotsOf(value) ? known : value;
    this.#known.set(info, kept);
    this.#values.set(info, kept);
    return kept;
  }

  /** What is read from now on, as it was before it was first read. */
  note(): ReadonlyMap<LetInfo, ExprIr | undefined> {
    return (this.#noted = new Map());
  }
}

/** All in which one let can differ from build to build, as long as its text and its surroundings are the same. */
function slotsOf(value: ExprIr): string {
  const slots: number[] = [];
  const met = new Set<number>();
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if ("slot" in next) slots.push(next.slot);
    if (next.op === "once" && met.has(next.slot)) continue;
    if (next.op === "once") met.add(next.slot);
    pending.push(...childrenOf(next));
  }
  return slots.join();
}
