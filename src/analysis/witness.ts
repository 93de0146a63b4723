import { compileExpr, type Membership } from "../compile/closures.ts";
import { linkList } from "../compile/lists.ts";
import { linkRates } from "../compile/rates.ts";
import type { Closure, Run } from "../compile/program.ts";
import type { EventIr, ExprIr, ListIr, RatesIr } from "../ir/ir.ts";
import type { Converter } from "../types/rates.ts";
import type { Type } from "../types/type.ts";
import { Missing, type Value } from "../types/value.ts";
import { WHOLE, type Frame } from "../windows/spec.ts";
import type { Box, Region } from "./boxes.ts";
import { examples } from "./pick.ts";
import type { Leaf, Subject, Subjects, Surroundings } from "./subjects.ts";

/** An event, and what must be known beside it, that show what is claimed. Found by trying: the compiled conditions agree. */
export interface Witness {
  readonly fields: readonly Given[];
  readonly features: readonly Given[];
  /** Entries that managed lists must have, by name of the list. */
  readonly listed: readonly { readonly list: string; readonly key: string | number | boolean; readonly element: Type }[];
}

export interface Given {
  readonly leaf: Leaf;
  readonly value: Value | Missing;
}

/** What a condition should come to: `false` also takes missing. */
export interface Wish {
  readonly ir: ExprIr;
  readonly matches: boolean;
}

/** Events tried for one claim. Most are found at once; what takes more hides in terms that boxes do not look into. */
const MAX_TRIES = 64;

/** Boxes of a region that are tried. */
const MAX_BOXES_TRIED = 8;

/** Finds witnesses for the rules of one event type. */
export class Witnesses {
  readonly #event: EventIr;
  readonly #lists: readonly ListIr[];
  readonly #rates: readonly RatesIr[];
  readonly #subjects: Subjects;
  readonly #closures = new WeakMap<ExprIr, Closure>();
  readonly #memberships = new Map<number, Membership>();
  readonly #converters = new Map<number, Converter>();

  constructor({ event, lists, rates }: Surroundings, subjects: Subjects) {
    this.#event = event;
    this.#lists = lists;
    this.#rates = rates;
    this.#subjects = subjects;
  }

  /** The same over all boxes of a region. */
  findIn(region: Region, wishes: readonly Wish[]): Witness | null {
    for (const box of region.boxes.slice(0, MAX_BOXES_TRIED)) {
      const found = this.find(box, wishes);
      if (found !== null) return found;
    }
    return null;
  }

  /** An event inside of the box for which the conditions come out as wished; null when none was found. */
  find(box: Box, wishes: readonly Wish[]): Witness | null {
    const leaves = this.#leaves(wishes);
    const pools = leaves.map((subject) => examples(subject, box.get(subject.id) ?? subject.universe));
    // A value that no literal can say is left out, which is enough where nothing depends on it.
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const values = pools.map((pool, i): Value | Missing => pool[choice(attempt, i, pool.length)] ?? NOT_SAID);
      const found = this.#try(leaves, values, wishes, attempt);
      if (found !== null) return found;
    }
    return null;
  }

  #try(leaves: readonly Subject[], values: readonly (Value | Missing)[], wishes: readonly Wish[], attempt: number): Witness | null {
    const frame: Frame = Array.from({ length: this.#event.frameSize });
    const features = new Map<number, Value | Missing>();
    leaves.forEach(({ leaf }, i) => {
      const value = values[i] as Value | Missing;
      if (leaf?.kind === "field") frame[leaf.slot] = value;
      else if (leaf?.kind === "feature") features.set(leaf.feature, value);
    });
    const asked = new Map<string, Witness["listed"][number]>();
    const run: Run = {
      feature: (feature) => features.get(feature) ?? NOT_SAID,
      // As in the test that shows it.
      quality: () => WHOLE,
      listed: (list, key) => {
        if (attempt % 2 === 1) return false;
        const element = this.#lists.find((each) => each.name === list)?.element ?? { kind: "string" };
        asked.set(JSON.stringify([list, key]), { list, key, element });
        return true;
      },
    };
    for (const { ir, matches } of wishes) if ((this.#closure(ir)(frame, run) === true) !== matches) return null;
    const given = leaves.map(({ leaf }, i): Given => ({ leaf: leaf as Leaf, value: values[i] as Value | Missing }));
    return {
      fields: given.filter(({ leaf, value }) => leaf.kind === "field" && !(value instanceof Missing)),
      features: given.filter(({ leaf }) => leaf.kind === "feature"),
      listed: [...asked.values()],
    };
  }

  #closure(ir: ExprIr): Closure {
    const known = this.#closures.get(ir);
    if (known !== undefined) return known;
    const memberships: Membership[] = [];
    for (const { list } of nodes(ir, "inList")) memberships[list] = this.#membership(list);
    const converters: Converter[] = [];
    for (const { rates } of nodes(ir, "convert")) converters[rates] = this.#converter(rates);
    const closure = compileExpr(ir, { lists: memberships, rates: converters });
    this.#closures.set(ir, closure);
    return closure;
  }

  #membership(index: number): Membership {
    const known = this.#memberships.get(index);
    if (known !== undefined) return known;
    const made = finish(linkList(this.#lists[index] as ListIr));
    this.#memberships.set(index, made);
    return made;
  }

  #converter(index: number): Converter {
    const made = this.#converters.get(index) ?? finish(linkRates(this.#rates[index] as RatesIr));
    this.#converters.set(index, made);
    return made;
  }

  /** The fields and features that the conditions read, wherever they stand in them. */
  #leaves(wishes: readonly Wish[]): readonly Subject[] {
    const found = new Set<Subject>();
    for (const { ir } of wishes) {
      for (const node of [...nodes(ir, "slot"), ...nodes(ir, "feature")]) {
        const subject = this.#subjects.of(node);
        if (subject.leaf !== null) found.add(subject);
      }
    }
    return [...found].toSorted((a, b) => order(a) - order(b));
  }
}

/** Runs what yields between steps to its end. */
function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function order({ leaf }: Subject): number {
  return leaf?.kind === "field" ? leaf.slot : 1e6 + (leaf?.feature ?? 0);
}

const NOT_SAID = new Missing("not given");

/** The first value of every pool at first, then mixtures that are the same in every run. */
function choice(attempt: number, index: number, count: number): number {
  if (attempt < 2 || count === 0) return 0;
  return ((Math.imul(attempt * 31 + index, 0x9e3779b1) >>> 9) ^ attempt) % count;
}

type Node<K extends ExprIr["op"]> = Extract<ExprIr, { readonly op: K }>;

/** All nodes of one kind, each object once. */
function nodes<K extends ExprIr["op"]>(root: ExprIr, op: K): readonly Node<K>[] {
  const found: Node<K>[] = [];
  const seen = new Set<unknown>();
  const pending: unknown[] = [root];
  for (let next = pending.pop(); pending.length > 0 || next !== undefined; next = pending.pop()) {
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if ("op" in next && next.op === op) found.push(next as Node<K>);
    // The values of constants can be long and hold no expressions.
    if (!("op" in next) || next.op !== "const") pending.push(...Object.values(next));
  }
  return found;
}
