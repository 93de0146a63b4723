import type { ExprIr, RuleIr } from "./ir.ts";

/*
 * The rules of a ruleset as bytes in memory that threads share: handing over ten thousand rules copies nothing, and who
 * takes them over reads a rule when it is first asked for. Each rule is three texts of JSON: what it is and says, its
 * condition, and where the condition was written, since most rules are only ever asked for the first. Where the rule stands
 * is in none of them, so that they are the same for a rule that moved.
 */

/** What a rule is and says, apart from its condition. */
export type RuleFace = Omit<RuleIr, "when" | "cells" | "origins">;

export type RuleCondition = Pick<RuleIr, "when" | "cells">;

/** The rules of a ruleset, each read when it is asked for. */
export interface RuleStore {
  readonly size: number;
  /** The table that a rule is a row of; null for a rule. */
  tableOf(place: number): number | null;
  isOff(place: number): boolean;
  /** The places of those with a state that must see every event, ascending. */
  readonly held: Iterable<number>;
  face(place: number): RuleFace;
  condition(place: number): RuleCondition;
  origins(place: number): readonly number[];
}

/** Rules as they cross threads. */
export interface PackedRules {
  readonly bytes: Uint8Array;
  /** Where the texts begin in `bytes`: `TEXTS` for each rule, those of the lets, and the end. */
  readonly starts: Int32Array;
  /** Where each rule stands in its file: start and end. */
  readonly spans: Int32Array;
  readonly file: string;
  /** For each rule 0 or the number of its table from 1, shifted by `FLAGS`, with `OFF`. */
  readonly heads: Int32Array;
  /** See `RuleStore.held`. */
  readonly held: Int32Array;
  /** Slots of the lets, in the order of their texts. */
  readonly lets: Int32Array;
}

const TEXTS = 3;
/** Room that a packing begins with; it doubles as needed. */
const FIRST_BYTES = 65_536;
const FLAGS = 1;
const OFF = 1;

/** What most rules leave out. */
const USUAL = {
  row: null,
  table: null,
  title: null,
  hold: null,
  outcome: null,
  score: null,
  reason: null,
  notice: null,
  tags: [],
  effects: [],
  cooldown: null,
  onMissing: { action: "none" },
  mode: "live",
  rollout: null,
  active: null,
  owner: null,
  reviewBy: null,
  was: [],
} as const satisfies Partial<RuleFace>;

/** Rules in memory of this thread. */
export function storeOf(rules: readonly RuleIr[]): RuleStore {
  const at = (place: number): RuleIr => rules[place] as RuleIr;
  return {
    size: rules.length,
    tableOf: (place) => at(place).table,
    isOff: (place) => at(place).mode === "off",
    held: heldOf(rules),
    face: at,
    condition: at,
    origins: (place) => at(place).origins,
  };
}

/** Rules that were packed, so that those of the next version that are the same need not be written again. */
export interface Packing {
  readonly rules: readonly RuleIr[];
  readonly packed: PackedRules;
  readonly lets: ReadonlyMap<number, ExprIr>;
}

export function packRules(rules: readonly RuleIr[], before?: Packing): Packing {
  const heads = new Int32Array(new SharedArrayBuffer(rules.length * Int32Array.BYTES_PER_ELEMENT));
  const spans = new Int32Array(new SharedArrayBuffer(2 * rules.length * Int32Array.BYTES_PER_ELEMENT));
  rules.forEach(({ table, mode, span }, i) => {
    heads[i] = ((table === null ? 0 : table + 1) << FLAGS) | (mode === "off" ? OFF : 0);
    spans[2 * i] = span.start;
    spans[2 * i + 1] = span.end;
  });
  const writer = new Writer(before);
  for (const rule of rules) writer.rule(rule);
  const packed = { heads, spans, file: rules[0]?.span.file ?? "", held: Int32Array.from(heldOf(rules)), ...writer.finish() };
  return { rules, packed, lets: writer.lets };
}

function heldOf(rules: readonly RuleIr[]): readonly number[] {
  return rules.flatMap(({ hold }, place) => (hold === null ? [] : [place]));
}

function unusual(face: Omit<RuleFace, "span">): object {
  const told: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(face)) {
    const usual: unknown = key === "key" ? face.id : USUAL[key as keyof typeof USUAL];
    const same = value === usual || (Array.isArray(value) && value.length === 0 && Array.isArray(usual)) || (key === "onMissing" && face.onMissing.action === "none");
    if (!same) told[key] = value;
  }
  return told;
}

/** Begins a text whose values are not all JSON's own. */
const MARK = "~";

/** Stands for a value that JSON has no word for; nothing in the IR has a property of this name. */
const TAG = "$";

/** What has to be done before data is JSON. */
interface Needs {
  values: boolean;
  lets: boolean;
}

class Writer {
  readonly #before: Packing | undefined;
  /** By the origins of rules: the same where nothing but the place of a rule may be another. */
  readonly #places: ReadonlyMap<RuleIr["origins"], number>;
  readonly #starts: number[] = [0];
  #bytes = Buffer.alloc(FIRST_BYTES);
  /** By slot: a let or a function's argument stands in many rules, and is written once. */
  readonly lets: Map<number, ExprIr>;

  constructor(before: Packing | undefined) {
    this.#before = before;
    this.#places = new Map(before?.rules.map(({ origins }, place) => [origins, place]));
    this.lets = new Map(before?.lets);
  }

  rule(rule: RuleIr): void {
    const place = this.#places.get(rule.origins);
    if (this.#before !== undefined && place !== undefined) {
      const { bytes, starts } = this.#before.packed;
      for (let text = place * TEXTS; text < (place + 1) * TEXTS; text++) this.#copy(bytes, starts[text] as number, starts[text + 1] as number);
      return;
    }
    const { when, cells, origins, span: _span, ...face } = rule;
    this.add(unusual(face));
    this.add(cells === null ? [when] : [when, cells]);
    this.add(origins);
  }

  add(data: unknown): void {
    const needs: Needs = { values: false, lets: false };
    look(data, needs);
    const text = textOf(needs.lets ? this.#detached(data) : data, needs);
    const length = Buffer.byteLength(text);
    const at = this.#room(length);
    this.#bytes.write(text, at);
    this.#starts.push(this.#end + length);
  }

  get #end(): number {
    return this.#starts.at(-1) as number;
  }

  #copy(bytes: Uint8Array, from: number, to: number): void {
    this.#room(to - from);
    this.#bytes.set(bytes.subarray(from, to), this.#end);
    this.#starts.push(this.#end + to - from);
  }

  /** Makes room for so many bytes more; yields where they go. */
  #room(length: number): number {
    if (this.#end + length > this.#bytes.length) {
      const larger = Buffer.alloc(2 * (this.#end + length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#end;
  }

  /** A copy in which lets are named by their slots alone. */
  #detached<T>(data: T): T {
    if (Array.isArray(data)) return data.map((each: unknown) => this.#detached(each)) as T;
    if (typeof data !== "object" || data === null) return data;
    if (!isOnce(data)) return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, this.#detached(value)])) as T;
    const known = this.lets.get(data.slot);
    if (known === undefined) this.lets.set(data.slot, data.value);
    // Whatever shares a slot is one value; should it ever not be, it stands where it is.
    const value = known === undefined || known === data.value ? null : this.#detached(data.value);
    return { ...data, value };
  }

  finish(): Pick<PackedRules, "bytes" | "starts" | "lets"> {
    const slots: number[] = [];
    // A let may name others, which join the map while it is walked.
    for (const [slot, value] of this.lets) {
      slots.push(slot);
      this.add(value);
    }
    const starts = new Int32Array(new SharedArrayBuffer(this.#starts.length * Int32Array.BYTES_PER_ELEMENT));
    starts.set(this.#starts);
    const bytes = new Uint8Array(new SharedArrayBuffer(this.#end));
    bytes.set(this.#bytes.subarray(0, this.#end));
    return { bytes, starts, lets: Int32Array.from(slots) };
  }
}

function isOnce(data: object): data is Extract<ExprIr, { op: "once" }> {
  return "op" in data && data.op === "once";
}

function look(data: unknown, needs: Needs): void {
  if (typeof data === "number") needs.values ||= !Number.isFinite(data) || Object.is(data, -0);
  else if (typeof data === "bigint" || data === undefined) needs.values = true;
  else if (typeof data === "object" && data !== null) {
    if (isOnce(data)) needs.lets = true;
    for (const key in data) look((data as Record<string, unknown>)[key], needs);
  }
}

function textOf(data: unknown, { values, lets }: Needs): string {
  if (!values) return `${lets ? MARK : ""}${JSON.stringify(data)}`;
  return MARK + JSON.stringify(data, (_key, value: unknown) => {
    if (typeof value === "bigint") return { [TAG]: "bigint", text: String(value) };
    if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
    return { [TAG]: "number", text: Object.is(value, -0) ? "-0" : String(value) };
  });
}

/** Rules out of shared memory. */
export class SharedRules implements RuleStore {
  readonly size: number;
  readonly held: Int32Array;
  readonly #packed: PackedRules;
  readonly #bytes: Buffer;
  readonly #lets = new Map<number, ExprIr>();

  constructor(packed: PackedRules) {
    this.#packed = packed;
    const { buffer, byteOffset, byteLength } = packed.bytes;
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
    this.size = packed.heads.length;
    this.held = packed.held;
  }

  tableOf(place: number): number | null {
    const table = this.#head(place) >> FLAGS;
    return table === 0 ? null : table - 1;
  }

  isOff(place: number): boolean {
    return (this.#head(place) & OFF) !== 0;
  }

  face(place: number): RuleFace {
    const told = this.#read(place * TEXTS) as Partial<RuleFace> & Pick<RuleFace, "id">;
    const { spans, file } = this.#packed;
    return { ...USUAL, key: told.id, ...told, span: { file, start: spans[2 * place] as number, end: spans[2 * place + 1] as number } };
  }

  condition(place: number): RuleCondition {
    const [when, cells = null] = this.#read(place * TEXTS + 1) as [ExprIr, ExprIr?];
    return { when, cells };
  }

  origins(place: number): readonly number[] {
    return this.#read(place * TEXTS + 2) as readonly number[];
  }

  #head(place: number): number {
    return this.#packed.heads[place] as number;
  }

  #read(text: number): unknown {
    const { starts } = this.#packed;
    const json = this.#bytes.toString("utf8", starts[text], starts[text + 1]);
    return json.startsWith(MARK) ? this.#revived(JSON.parse(json.slice(MARK.length))) : JSON.parse(json);
  }

  #revived(data: unknown): unknown {
    if (Array.isArray(data)) return data.map((each: unknown) => this.#revived(each));
    if (typeof data !== "object" || data === null) return data;
    if (TAG in data && "text" in data) return data[TAG] === "bigint" ? BigInt(data.text as string) : Number(data.text);
    const copy = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, this.#revived(value)]));
    return isOnce(copy) && copy["value"] === null ? { ...copy, value: this.#let(copy.slot) } : copy;
  }

  #let(slot: number): ExprIr {
    const known = this.#lets.get(slot);
    if (known !== undefined) return known;
    const value = this.#read(this.size * TEXTS + this.#packed.lets.indexOf(slot)) as ExprIr;
    this.#lets.set(slot, value);
    return value;
  }
}
