import type { ProgramCode, SourceCode } from "../compile/link.ts";
import type { RulesetCode } from "../compile/rulesets.ts";
import type { EventIr, FeatureIr, ListIr, RatesIr } from "../ir/ir.ts";

/**
 * Objects in one message from the build worker. Receiving costs the main thread about a microsecond an object, so a
 * part takes it some 2 ms; a single rule beyond this is a part of its own, which the limits of the language bound.
 */
export const PART_WEIGHT = 2_000;

/** A piece of a program small enough to post. Pieces of one kind come in order, a holder before what it holds. */
export type Part =
  | { readonly kind: "head"; readonly version: string }
  | { readonly kind: "files"; readonly files: readonly string[] }
  | { readonly kind: "sources"; readonly sources: readonly SourceCode[] }
  | { readonly kind: "events"; readonly events: readonly EventIr[] }
  | { readonly kind: "features"; readonly features: readonly FeatureIr[] }
  | { readonly kind: "list"; readonly list: ListIr }
  | { readonly kind: "entries"; readonly entries: ListIr["entries"] }
  | { readonly kind: "rates"; readonly rates: RatesIr }
  | { readonly kind: "editions"; readonly editions: RatesIr["editions"] }
  | { readonly kind: "ruleset"; readonly ruleset: RulesetCode }
  /** What the receiver holds already, by its keys. */
  | { readonly kind: "held"; readonly what: "sources" | "rulesets"; readonly keys: readonly string[] };

/** Sources and rulesets by their keys. */
export interface HeldCode {
  readonly sources: ReadonlyMap<string, SourceCode>;
  readonly rulesets: ReadonlyMap<string, RulesetCode>;
}

const NOTHING_HELD: HeldCode = { sources: new Map(), rulesets: new Map() };

/** What of a program can be left out when it is sent again. */
export function heldOf({ sources, rulesets }: ProgramCode): HeldCode {
  return { sources: byKey(sources), rulesets: byKey(rulesets) };
}

function byKey<T extends { readonly key?: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.flatMap((item) => (item.key === undefined ? [] : [[item.key, item]])));
}

/**
 * Cuts a program, whose rules and texts are in shared memory, into parts of about `PART_WEIGHT` objects.
 * @param held keys of what the receiver holds already
 */
export function* splitProgram(ir: ProgramCode, held: ReadonlySet<string> = new Set()): Generator<Part, void> {
  yield { kind: "head", version: ir.version };
  for (const files of chunks(ir.files)) yield { kind: "files", files };
  for (const run of runs(ir.sources, held)) {
    if ("keys" in run) yield { kind: "held", what: "sources", keys: run.keys };
    else for (const sources of chunks(run.items)) yield { kind: "sources", sources };
  }
  for (const events of chunks(ir.events)) yield { kind: "events", events };
  for (const features of chunks(ir.features)) yield { kind: "features", features };
  for (const list of ir.lists) {
    yield { kind: "list", list: { ...list, entries: [] } };
    for (const entries of chunks(list.entries)) yield { kind: "entries", entries };
  }
  for (const rates of ir.rates) {
    yield { kind: "rates", rates: { ...rates, editions: [] } };
    for (const editions of chunks(rates.editions)) yield { kind: "editions", editions };
  }
  for (const run of runs(ir.rulesets, held)) {
    if ("keys" in run) yield { kind: "held", what: "rulesets", keys: run.keys };
    else for (const ruleset of run.items) yield { kind: "ruleset", ruleset };
  }
}

type Run<T> = { readonly keys: string[] } | { readonly items: T[] };

/** Things that follow each other and are all held, or are all not. */
function runs<T extends { readonly key?: string }>(items: readonly T[], held: ReadonlySet<string>): readonly Run<T>[] {
  const all: Run<T>[] = [];
  for (const item of items) {
    const last = all.at(-1);
    if (item.key !== undefined && held.has(item.key)) {
      if (last !== undefined && "keys" in last) last.keys.push(item.key);
      else all.push({ keys: [item.key] });
    } else if (last !== undefined && "items" in last) last.items.push(item);
    else all.push({ items: [item] });
  }
  return all;
}

/** Puts small parts together, so that a program of few objects is one message. */
export function* batches(parts: Iterable<Part>): Generator<readonly Part[], void> {
  yield* chunks(parts);
}

function* chunks<T>(items: Iterable<T>): Generator<readonly T[], void> {
  let chunk: T[] = [];
  let weight = 0;
  for (const item of items) {
    const own = weigh(item);
    if (chunk.length > 0 && weight + own > PART_WEIGHT) {
      yield chunk;
      chunk = [];
      weight = 0;
    }
    chunk.push(item);
    weight += own;
  }
  if (chunk.length > 0) yield chunk;
}

/** Numbers in a list of nothing else, which are copied in one go, that weigh as much as one object. */
const NUMBERS_A_WEIGHT = 20;

/** Counts the objects and values in plain data. */
export function weigh(data: unknown): number {
  if (typeof data !== "object" || data === null) return 1;
  // Its memory is shared.
  if (ArrayBuffer.isView(data)) return 1;
  if (Array.isArray(data) && data.every((each) => typeof each === "number")) return 1 + Math.ceil(data.length / NUMBERS_A_WEIGHT);
  let weight = 1;
  for (const value of Object.values(data)) weight += typeof value === "object" ? weigh(value) : 1;
  return weight;
}

/** Puts parts together again, in the order they were cut. */
export class ProgramAssembler {
  readonly #held: HeldCode;
  #version = "";
  readonly #files: string[] = [];
  readonly #sources: SourceCode[] = [];
  readonly #events: EventIr[] = [];
  readonly #features: FeatureIr[] = [];
  readonly #lists: (ListIr & { readonly entries: ListIr["entries"][number][] })[] = [];
  readonly #rates: (RatesIr & { readonly editions: RatesIr["editions"][number][] })[] = [];
  readonly #rulesets: RulesetCode[] = [];

  /** @param held what parts may leave out */
  constructor(held: HeldCode = NOTHING_HELD) {
    this.#held = held;
  }

  add(part: Part): void {
    switch (part.kind) {
      case "head":
        this.#version = part.version;
        break;
      case "files":
        this.#files.push(...part.files);
        break;
      case "sources":
        this.#sources.push(...part.sources);
        break;
      case "events":
        this.#events.push(...part.events);
        break;
      case "features":
        this.#features.push(...part.features);
        break;
      case "list":
        this.#lists.push({ ...part.list, entries: [] });
        break;
      case "entries":
        this.#lists.at(-1)?.entries.push(...part.entries);
        break;
      case "rates":
        this.#rates.push({ ...part.rates, editions: [] });
        break;
      case "editions":
        this.#rates.at(-1)?.editions.push(...part.editions);
        break;
      case "ruleset":
        this.#rulesets.push(part.ruleset);
        break;
      case "held":
        if (part.what === "sources") this.#sources.push(...part.keys.map((key) => taken(this.#held.sources, key)));
        else this.#rulesets.push(...part.keys.map((key) => taken(this.#held.rulesets, key)));
        break;
    }
  }

  finish(): ProgramCode {
    return {
      version: this.#version,
      files: this.#files,
      sources: this.#sources,
      events: this.#events,
      features: this.#features,
      lists: this.#lists,
      rates: this.#rates,
      rulesets: this.#rulesets,
    };
  }
}

function taken<T>(held: ReadonlyMap<string, T>, key: string): T {
  const item = held.get(key);
  if (item === undefined) throw new Error("a part was left out that is not held");
  return item;
}
