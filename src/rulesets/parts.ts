import type { EventIr, FeatureIr, ListIr, ProgramIr, RatesIr, RuleIr, RulesetIr } from "../ir/ir.ts";

/**
 * Objects in one message from the build worker. Receiving costs the main thread about a microsecond an object, so a
 * part takes it some 2 ms; a single rule beyond this is a part of its own, which the limits of the language bound.
 */
export const PART_WEIGHT = 2_000;

/** Characters of a rule file in one message; copying a million takes about a millisecond. */
export const PART_CHARS = 500_000;

/** A piece of a program small enough to post. Pieces of one kind come in order, a holder before what it holds. */
export type Part =
  | { readonly kind: "head"; readonly version: string }
  | { readonly kind: "files"; readonly files: readonly string[] }
  | { readonly kind: "source"; readonly path: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "events"; readonly events: readonly EventIr[] }
  | { readonly kind: "features"; readonly features: readonly FeatureIr[] }
  | { readonly kind: "list"; readonly list: ListIr }
  | { readonly kind: "entries"; readonly entries: ListIr["entries"] }
  | { readonly kind: "rates"; readonly rates: RatesIr }
  | { readonly kind: "editions"; readonly editions: RatesIr["editions"] }
  | { readonly kind: "ruleset"; readonly ruleset: RulesetIr }
  | { readonly kind: "rules"; readonly rules: readonly RuleIr[] };

/** Cuts a program into parts of about `PART_WEIGHT` objects. */
export function* splitProgram(ir: ProgramIr): Generator<Part, void> {
  yield { kind: "head", version: ir.version };
  for (const files of chunks(ir.files)) yield { kind: "files", files };
  for (const { path, text } of ir.sources) {
    yield { kind: "source", path };
    for (let at = 0; at < text.length; at += PART_CHARS) yield { kind: "text", text: text.slice(at, at + PART_CHARS) };
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
  for (const ruleset of ir.rulesets) {
    yield { kind: "ruleset", ruleset: { ...ruleset, rules: [] } };
    for (const rules of chunks(ruleset.rules)) yield { kind: "rules", rules };
  }
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[], void> {
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
  if (Array.isArray(data) && data.every((each) => typeof each === "number")) return 1 + Math.ceil(data.length / NUMBERS_A_WEIGHT);
  let weight = 1;
  for (const value of Object.values(data)) weight += typeof value === "object" ? weigh(value) : 1;
  return weight;
}

/** Puts parts together again, in the order they were cut. */
export class ProgramAssembler {
  #version = "";
  readonly #files: string[] = [];
  readonly #sources: { readonly path: string; readonly texts: string[] }[] = [];
  readonly #events: EventIr[] = [];
  readonly #features: FeatureIr[] = [];
  readonly #lists: (ListIr & { readonly entries: ListIr["entries"][number][] })[] = [];
  readonly #rates: (RatesIr & { readonly editions: RatesIr["editions"][number][] })[] = [];
  readonly #rulesets: (RulesetIr & { readonly rules: RuleIr[] })[] = [];

  add(part: Part): void {
    switch (part.kind) {
      case "head":
        this.#version = part.version;
        break;
      case "files":
        this.#files.push(...part.files);
        break;
      case "source":
        this.#sources.push({ path: part.path, texts: [] });
        break;
      case "text":
        this.#sources.at(-1)?.texts.push(part.text);
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
        this.#rulesets.push({ ...part.ruleset, rules: [] });
        break;
      case "rules":
        this.#rulesets.at(-1)?.rules.push(...part.rules);
        break;
    }
  }

  finish(): ProgramIr {
    return {
      version: this.#version,
      files: this.#files,
      sources: this.#sources.map(({ path, texts }) => ({ path, text: texts.join("") })),
      events: this.#events,
      features: this.#features,
      lists: this.#lists,
      rates: this.#rates,
      rulesets: this.#rulesets,
    };
  }
}
