import { printType } from "../types/type.ts";
import type { EventSchema } from "../types/schema.ts";

/** A text that segments refer to by its number. */
export interface Term {
  readonly id: number;
  readonly text: string;
}

/** How the events of a type were laid out when they were written: the names and types of their fields, in order. */
export interface Shape {
  readonly type: string;
  readonly fields: readonly { readonly name: string; readonly type: string }[];
}

/** The dictionary of a data folder as its writer keeps it. Numbers count from 1 and are never given twice. */
export class TermBook {
  readonly #ids = new Map<string, number>();
  readonly #shapes = new WeakMap<EventSchema, number>();
  #fresh: Term[] = [];
  #last = 0;

  constructor(known: readonly Term[]) {
    for (const { id, text } of known) {
      this.#ids.set(text, id);
      this.#last = Math.max(this.#last, id);
    }
  }

  /** The number of a plain text. */
  text(text: string): number {
    return this.#id(JSON.stringify(text));
  }

  shape(schema: EventSchema): number {
    const known = this.#shapes.get(schema);
    if (known !== undefined) return known;
    const id = this.#id(JSON.stringify([schema.name, schema.fields.map(({ name, type }) => [name, printType(type)])]));
    this.#shapes.set(schema, id);
    return id;
  }

  /** Those that came up since the last call; they are to be written no later than what refers to them. */
  take(): readonly Term[] {
    const fresh = this.#fresh;
    if (fresh.length > 0) this.#fresh = [];
    return fresh;
  }

  /** The whole of it, for who reads segments before they are written. */
  list(): TermList {
    const list = new TermList();
    list.learn([...this.#ids].map(([text, id]) => ({ id, text })));
    return list;
  }

  #id(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = (this.#last += 1);
    this.#ids.set(text, id);
    this.#fresh.push({ id, text });
    return id;
  }
}

/** The dictionary as readers know it: they learn more of it as it grows. */
export class TermList {
  /** As they are stored, JSON. */
  readonly #terms: string[] = [];
  readonly #texts = new Map<number, string>();
  readonly #shapes = new Map<number, Shape>();
  /** The highest number that is known here. */
  last = 0;

  learn(terms: readonly Term[]): void {
    for (const { id, text } of terms) {
      this.#terms[id] = text;
      this.last = Math.max(this.last, id);
    }
  }

  text(id: number): string {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    const found: unknown = JSON.parse(this.#find(id));
    if (typeof found !== "string") throw new RangeError(`the term ${id} is no text`);
    this.#texts.set(id, found);
    return found;
  }

  shape(id: number): Shape {
    const known = this.#shapes.get(id);
    if (known !== undefined) return known;
    const [type, fields] = JSON.parse(this.#find(id)) as readonly [string, readonly (readonly [string, string])[]];
    const shape: Shape = { type, fields: fields.map(([name, type]) => ({ name, type })) };
    this.#shapes.set(id, shape);
    return shape;
  }

  #find(id: number): string {
    const text = this.#terms[id];
    if (text === undefined) throw new RangeError(`a segment refers to the term ${id}, which is not there`);
    return text;
  }
}
