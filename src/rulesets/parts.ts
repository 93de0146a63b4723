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
  | { readonly kind: "ruleset"; readonly ruleset: RulesetCode };

/** Cuts a program, whose rules and texts are in shared memory, into parts of about `PART_WEIGHT` objects. */
export function* splitProgram(ir: ProgramCode): Generator<Part, void> {
  yield { kind: "head", version: ir.version };
  for (const files of chunks(ir.files)) yield { kind: "files", files };
  for (const sources of chunks(ir.sources)) yield { kind: "sources", sources };
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
  for (const ruleset of ir.rulesets) yield { kind: "ruleset", ruleset };
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
  #version = "";
  readonly #files: string[] = [];
  readonly #sources: SourceCode[] = [];
  readonly #events: EventIr[] = [];
  readonly #features: FeatureIr[] = [];
  readonly #lists: (ListIr & { readonly entries: ListIr["entries"][number][] })[] = [];
  readonly #rates: (RatesIr & { readonly editions: RatesIr["editions"][number][] })[] = [];
  readonly #rulesets: RulesetCode[] = [];

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
