/*
 * A small assembler of WebAssembly, for a kernel that is written by hand. Expressions are nested calls that read like the
 * text format; the types of TypeScript keep words (i32), long words (i64) and vectors (v128) apart. Numbers of opcodes are those of
 * <https://webassembly.github.io/spec/core/binary/instructions.html>.
 */

/** Bytes, nested as the calls that made them. */
type Code = readonly (number | Code)[];

/** An expression that yields a word, a long word or a vector. */
export interface Word {
  readonly word: Code;
}
export interface Long {
  readonly long: Code;
}
export interface Vector {
  readonly vector: Code;
}
/** What is done and yields nothing. */
export interface Step {
  readonly step: Code;
}

/** A variable of a function. */
export interface WordVariable extends Word {
  readonly local: number;
}
export interface LongVariable extends Long {
  readonly local: number;
}
export interface VectorVariable extends Vector {
  readonly local: number;
}

/** One of the memories that a module takes, by its number. */
export interface MemoryRef {
  readonly memory: number;
}

const I32 = 0x7f;
const I64 = 0x7e;
const V128 = 0x7b;
const NO_RESULT = 0x40;
const SIMD = 0xfd;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  return [...bytes, rest & 0x7f];
}

function sized(items: readonly Code[]): Code {
  return [unsigned(items.length), items];
}

function flat(code: Code, into: number[] = []): number[] {
  for (const each of code) {
    if (typeof each === "number") into.push(each);
    else flat(each, into);
  }
  return into;
}

export function word(value: number): Word {
  return { word: [0x41, signed(value)] };
}

type Both = (a: Word, b: Word) => Word;
const binary = (opcode: number): Both => (a, b) => ({ word: [a.word, b.word, opcode] });

export const add = binary(0x6a);
export const sub = binary(0x6b);
export const multiply = binary(0x6c);
export const and = binary(0x71);
export const or = binary(0x72);
export const xor = binary(0x73);
/** Shifts count their distance by its lowest five bits. */
export const shl = binary(0x74);
export const shrSigned = binary(0x75);
export const shr = binary(0x76);
export const equal = binary(0x46);
export const less = binary(0x48);
export const greater = binary(0x4a);
export const atLeast = binary(0x4e);

/** How many of the lowest bits are zeros. */
export function trailingZeros(a: Word): Word {
  return { word: [a.word, 0x68] };
}

/** `a` where the condition is not 0, else `b`. */
export function select(condition: Word, a: Word, b: Word): Word {
  return { word: [a.word, b.word, condition.word, 0x1b] };
}

/** An immediate of memory instructions: alignment as a power of 2, the memory, an offset. */
function place(alignment: number, { memory }: MemoryRef, offset: number): Code {
  return memory === 0 ? [alignment, unsigned(offset)] : [alignment | 0x40, memory, unsigned(offset)];
}

/** The word at an address in bytes. */
export function load(memory: MemoryRef, address: Word, offset = 0): Word {
  return { word: [address.word, 0x28, place(2, memory, offset)] };
}

export function store(memory: MemoryRef, address: Word, value: Word, offset = 0): Step {
  return { step: [address.word, value.word, 0x36, place(2, memory, offset)] };
}

export function loadVector(memory: MemoryRef, address: Word): Vector {
  return { vector: [address.word, SIMD, 0x00, place(4, memory, 0)] };
}

export function storeVector(memory: MemoryRef, address: Word, value: Vector): Step {
  return { step: [address.word, value.vector, SIMD, 0x0b, place(4, memory, 0)] };
}

export const NO_BITS: Vector = { vector: [SIMD, 0x0c, Array.from({ length: 16 }, () => 0)] };
export const ALL_BITS: Vector = { vector: [SIMD, 0x0c, Array.from({ length: 16 }, () => 0xff)] };

export function andVector(a: Vector, b: Vector): Vector {
  return { vector: [a.vector, b.vector, SIMD, 0x4e] };
}

export function orVector(a: Vector, b: Vector): Vector {
  return { vector: [a.vector, b.vector, SIMD, 0x50] };
}

/** 1 where a bit is set, else 0. */
export function anyBit(a: Vector): Word {
  return { word: [a.vector, SIMD, 0x53] };
}

/** One of its four words, from the lowest. */
export function lane(a: Vector, number: number): Word {
  return { word: [a.vector, SIMD, 0x1b, number] };
}

/** One of its two long words, from the lowest. */
export function longLane(a: Vector, number: number): Long {
  return { long: [a.vector, SIMD, 0x1d, number] };
}

/** 1 where a bit is set, else 0. */
export function anyLongBit(a: Long): Word {
  return { word: [a.long, 0x42, 0, 0x52] };
}

/** How many of the lowest bits are zeros. */
export function trailingLongZeros(a: Long): Word {
  return { word: [a.long, 0x7a, 0xa7] };
}

/** The same without the lowest bit that is set. */
export function withoutLowestLong(a: Long): Long {
  return { long: [a.long, a.long, 0x42, 1, 0x7d, 0x83] };
}

export function setLong(variable: LongVariable, value: Long): Step {
  return { step: [value.long, 0x21, unsigned(variable.local)] };
}

export function set(variable: WordVariable, value: Word): Step {
  return { step: [value.word, 0x21, unsigned(variable.local)] };
}

export function setVector(variable: VectorVariable, value: Vector): Step {
  return { step: [value.vector, 0x21, unsigned(variable.local)] };
}

function steps(all: readonly Step[]): Code {
  return all.map(({ step }) => step);
}

export function when(condition: Word, then: readonly Step[], otherwise: readonly Step[] = []): Step {
  return { step: [condition.word, 0x04, NO_RESULT, steps(then), otherwise.length === 0 ? [] : [0x05, steps(otherwise)], 0x0b] };
}

export function whilst(condition: Word, body: readonly Step[]): Step {
  // A loop goes on by a branch to its beginning, from inside of the `if` one level up.
  return { step: [0x03, NO_RESULT, condition.word, 0x04, NO_RESULT, steps(body), 0x0c, 1, 0x0b, 0x0b] };
}

export const leave: Step = { step: [0x0f] };

export function yieldWord(value: Word): Step {
  return { step: [value.word, 0x0f] };
}

export function yieldVector({ vector }: Vector): Step {
  return { step: [vector, 0x0f] };
}

/** Something that can be called. */
export interface Callable {
  readonly number: number;
}

export function call({ number }: Callable, args: readonly (Word | Vector)[]): Step {
  return { step: [args.map(codeOf), 0x10, unsigned(number)] };
}

export function ask({ number }: Callable, args: readonly Word[]): Word {
  return { word: [args.map(codeOf), 0x10, unsigned(number)] };
}

export function askVector({ number }: Callable, args: readonly Word[]): Vector {
  return { vector: [args.map(codeOf), 0x10, unsigned(number)] };
}

function codeOf(value: Word | Vector): Code {
  return "word" in value ? value.word : value.vector;
}

/** The variables of a function while it is written. */
export class Variables {
  readonly #types: number[] = [];

  word(): WordVariable {
    return this.#add(I32, (local, code) => ({ local, word: code }));
  }

  long(): LongVariable {
    return this.#add(I64, (local, code) => ({ local, long: code }));
  }

  vector(): VectorVariable {
    return this.#add(V128, (local, code) => ({ local, vector: code }));
  }

  #add<T>(type: number, make: (local: number, code: Code) => T): T {
    const local = this.#types.push(type) - 1;
    return make(local, [0x20, unsigned(local)]);
  }

  get types(): readonly number[] {
    return this.#types;
  }
}

type Result = "word" | "vector" | "nothing";
const RESULTS: Readonly<Record<Result, Code>> = { word: [1, I32], vector: [1, V128], nothing: [0] };

interface Written {
  readonly type: number;
  readonly locals: readonly number[];
  readonly body: Code;
}

/** A module while it is written. All that it takes is imported from `"env"`, before its own functions are written. */
export class Assembler {
  readonly #types: Code[] = [];
  readonly #imports: Code[] = [];
  readonly #exports: Code[] = [];
  readonly #functions: Written[] = [];
  #memories = 0;
  #globals = 0;
  #imported = 0;

  /** @param shared whether threads share it; it has to have a largest size then */
  memory(name: string, shared: boolean): MemoryRef {
    this.#import(name, [0x02, shared ? [0x03, 0, unsigned(0x10000)] : [0x00, 0]]);
    return { memory: this.#memories++ };
  }

  /** A number that is fixed when the module gets its memories. */
  global(name: string): Word {
    this.#import(name, [0x03, I32, 0]);
    return { word: [0x23, unsigned(this.#globals++)] };
  }

  /** A function of so many words that yields one. */
  imported(name: string, parameters: number): Callable {
    this.#import(name, [0x00, unsigned(this.#type(Array.from({ length: parameters }, () => I32), "word"))]);
    return { number: this.#imported++ };
  }

  /** A function; its parameters are the variables that `parameters` makes first. */
  define<P>(result: Result, parameters: (variables: Variables) => P, write: (parameters: P, variables: Variables) => readonly Step[]): Callable {
    const variables = new Variables();
    const given = parameters(variables);
    const count = variables.types.length;
    const type = this.#type([...variables.types], result);
    // A function that yields something leaves by `yieldWord`; what follows is never reached.
    const body = [steps(write(given, variables)), result === "nothing" ? [] : 0x00, 0x0b];
    return { number: this.#imported + this.#functions.push({ type, locals: variables.types.slice(count), body }) - 1 };
  }

  export(name: string, { number }: Callable): void {
    this.#exports.push([named(name), 0x00, unsigned(number)]);
  }

  finish(): Uint8Array<ArrayBuffer> {
    const section = (id: number, items: readonly Code[]): Code => {
      const content = flat(sized(items));
      return [id, unsigned(content.length), content];
    };
    const bodies = this.#functions.map(({ locals, body }) => {
      const content = flat([sized(locals.map((type) => [1, type])), body]);
      return [unsigned(content.length), content];
    });
    const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
    const functions = this.#functions.map(({ type }) => unsigned(type));
    return Uint8Array.from(flat([magic, section(1, this.#types), section(2, this.#imports), section(3, functions), section(7, this.#exports), section(10, bodies)]));
  }

  #import(name: string, what: Code): void {
    this.#imports.push([named("env"), named(name), what]);
  }

  #type(parameters: readonly number[], result: Result): number {
    return this.#types.push([0x60, sized(parameters.map((type) => [type])), RESULTS[result]]) - 1;
  }
}

function named(text: string): Code {
  return sized([...Buffer.from(text)].map((byte) => [byte]));
}
