import {
  add, ALL_BITS, and, andVector, anyBit, anyLongBit, ask, askVector, Assembler, atLeast, call, type Callable, equal, greater, lane, leave, less, load,
  loadVector, longLane, type MemoryRef, multiply, NO_BITS, or, orVector, select, set, setLong, setVector, shl, shr, shrSigned, type Step, store, storeVector, sub,
  trailingLongZeros, trailingZeros, type Vector, when, whilst, withoutLowestLong, word, type Word, type WordVariable, xor, yieldVector, yieldWord,
} from "./assembler.ts";
import { MARKS, MOST_CLASSES, UNREAD } from "./kernel.ts";
import { CLUSTER_COLUMN, CLUSTER_HEAD, FINDING, FIRST, FOUND_ASK, FOUND_MISSING, FOUND_REST, FOUND_TRUE, FROM_MASK, PLACE_AT, PLACE_FROM, TO_MASK, UNSURE, VECTOR } from "./tables.ts";

/*
 * The kernel in WebAssembly: the same steps as `kernel.ts`, by vectors of 128 bits. It stands in two memories: one of the
 * tables, which threads share and nothing writes to, and one to work in.
 */

/** What the module is given, addresses in bytes: of the tables, then of the memory to work in, then a number of words. */
export const GIVEN = ["clusters", "clustersEnd", "places", "rows", "clauses", "always", "alwaysEnd", "classes", "others", "begins", "unsure", "marks", "touched", "found", "touchedWords"] as const;

/** A word and a vector in bytes, as powers of 2. */
const IN_WORDS = word(2);
const IN_VECTORS = word(4);
const words = (count: number): Word => word(count * 4);
const wordsIn = (count: Word): Word => shl(count, IN_WORDS);
const next = (variable: WordVariable, by = 1): Step => set(variable, add(variable, word(by)));
const isZero = (a: Word): Word => equal(a, word(0));
const not = (a: Word): Word => xor(a, word(-1));
const withoutLowest = (bits: Word): Word => and(bits, sub(bits, word(1)));

/** The parts of a place. */
const fromOf = (place: Word): Word => and(shr(place, word(PLACE_FROM)), word(FROM_MASK));
const toOf = (place: Word): Word => and(place, word(TO_MASK));

/** The module as bytes. */
export function kernelModule(): Uint8Array<ArrayBuffer> {
  const module = new Assembler();
  const tables = module.memory("tables", true);
  const scratch = module.memory("scratch", false);
  const at = Object.fromEntries(GIVEN.map((name) => [name, module.global(name)])) as Record<(typeof GIVEN)[number], Word>;
  const read = module.imported("classIn", 1);
  const parts: Parts = { module, tables, scratch, at, read };
  const mark = writeMark(parts);
  const takers = { takeSure: writeTakeSure(parts), take: writeTake(parts, mark) };
  const look = writeLook(parts, writeVectorOf(parts), takers);
  module.export("run", writeRun(parts, { runVector: writeRunVector(parts, look, takers), runCluster: writeRunCluster(parts, look, takers), mark }));
  return module.finish();
}

interface Parts {
  readonly module: Assembler;
  readonly tables: MemoryRef;
  readonly scratch: MemoryRef;
  readonly at: Readonly<Record<(typeof GIVEN)[number], Word>>;
  readonly read: Callable;
}

/** The address of a place of a column of a cluster. */
function placeOf({ tables, at }: Parts, entry: Word, row: Word): Word {
  return add(at.places, wordsIn(add(load(tables, entry, 4), multiply(row, load(tables, entry, 8)))));
}

/** Where the marks of a finding of an owner stand; the owner's bit; what is touched by it. */
function marking({ scratch, at }: Parts, owner: Word, finding: Word, address: WordVariable): readonly Step[] {
  const setBit = (bit: Word): Step => store(scratch, address, or(load(scratch, address), shl(word(1), bit)));
  return [
    set(address, add(at.marks, wordsIn(or(shl(shr(owner, word(5)), word(Math.log2(MARKS))), finding)))),
    setBit(owner),
    set(address, add(at.touched, wordsIn(shr(owner, word(10))))),
    setBit(shr(owner, word(5))),
  ];
}

function writeMark(parts: Parts): Callable {
  return parts.module.define(
    "nothing",
    (v) => ({ owner: v.word(), finding: v.word() }),
    ({ owner, finding }, v) => marking(parts, owner, finding, v.word()),
  );
}

/** The clause of a bit. */
function clauseOf({ tables, at }: Parts, bit: Word, first: Word): Word {
  return load(tables, add(at.clauses, wordsIn(add(first, bit))));
}

/** All columns say surely: of what they leave is found what the clause says. Long words make fewer turns, few of which can be foreseen. */
function writeTakeSure(parts: Parts): Callable {
  return parts.module.define(
    "nothing",
    (v) => ({ left: v.vector(), first: v.word() }),
    ({ left, first }, v) => {
      const [bits, clause, address] = [v.long(), v.word(), v.word()];
      return [0, 1].flatMap((number) => [
        setLong(bits, longLane(left, number)),
        whilst(anyLongBit(bits), [
          set(clause, clauseOf(parts, trailingLongZeros(bits), first)),
          ...marking(parts, shrSigned(clause, word(FINDING)), and(clause, word(2 ** FINDING - 1)), address),
          setLong(bits, withoutLowestLong(bits)),
        ]),
        next(first, 64),
      ]);
    },
  );
}

/** A clause that is not sure is found as `otherwise`, or to be asked if it does not say all. */
function writeTake(parts: Parts, mark: Callable): Callable {
  return parts.module.define(
    "nothing",
    (v) => ({ left: v.vector(), sure: v.vector(), first: v.word(), otherwise: v.word() }),
    ({ left, sure, first, otherwise }, v) => {
      const [bits, known, clause, finding] = [v.word(), v.word(), v.word(), v.word()];
      return [0, 1, 2, 3].flatMap((number) => [
        set(bits, lane(left, number)),
        set(known, lane(sure, number)),
        whilst(bits, [
          set(clause, clauseOf(parts, trailingZeros(bits), first)),
          set(finding, and(clause, word(2 ** FINDING - 1))),
          when(isZero(and(shr(known, trailingZeros(bits)), word(1))), [set(finding, select(equal(finding, word(FOUND_TRUE)), otherwise, word(FOUND_ASK)))]),
          call(mark, [shrSigned(clause, word(FINDING)), finding]),
          set(bits, withoutLowest(bits)),
        ]),
        next(first, 32),
      ]);
    },
  );
}

/** A vector of the row whose place stands at an address; without bits where it is not written. */
function writeVectorOf({ module, tables, at }: Parts): Callable {
  return module.define(
    "vector",
    (v) => ({ address: v.word(), vector: v.word() }),
    ({ address, vector }, v) => {
      const [place, from, result] = [v.word(), v.word(), v.vector()];
      return [
        set(place, load(tables, address)),
        set(from, fromOf(place)),
        when(and(atLeast(vector, from), less(vector, toOf(place))), [
          setVector(result, loadVector(tables, add(at.rows, shl(add(sub(shr(place, word(PLACE_AT)), from), vector), IN_VECTORS)))),
        ]),
        yieldVector(result),
      ];
    },
  );
}

/** A vector of the clauses that a class of the event leaves, or any of its classes where it has several. */
function writePossible(parts: Parts, vectorOf: Callable): Callable {
  const { module, scratch, at } = parts;
  const rowOf = (entry: Word, each: Word, vector: Word): Vector => askVector(vectorOf, [placeOf(parts, entry, add(each, word(FIRST))), vector]);
  return module.define(
    "vector",
    (v) => ({ entry: v.word(), column: v.word(), each: v.word(), vector: v.word() }),
    ({ entry, column, each, vector }, v) => {
      const [others, i, left] = [v.word(), v.word(), v.vector()];
      return [
        setVector(left, rowOf(entry, each, vector)),
        set(others, add(at.others, wordsIn(shl(column, word(Math.log2(MOST_CLASSES)))))),
        set(i, load(scratch, others)),
        whilst(i, [
          setVector(left, orVector(left, rowOf(entry, load(scratch, add(others, wordsIn(i))), vector))),
          next(i, -1),
        ]),
        yieldVector(left),
      ];
    },
  );
}

interface Takers {
  readonly takeSure: Callable;
  readonly take: Callable;
}

/** Looks closer at a vector: at what is sure of it, and at the costly columns, each only where clauses are left. */
function writeLook(parts: Parts, vectorOf: Callable, { takeSure, take }: Takers): Callable {
  const { module, tables, scratch, at, read } = parts;
  const possible = writePossible(parts, vectorOf);
  return module.define(
    "nothing",
    (v) => ({ cluster: v.word(), vector: v.word(), left: v.vector(), lowest: v.word(), unsureEnd: v.word() }),
    ({ cluster, vector, left, lowest, unsureEnd }, v) => {
      const [i, entry, end, column, each, sure, first] = [v.word(), v.word(), v.word(), v.word(), v.word(), v.vector(), v.word()];
      return [
        setVector(sure, ALL_BITS),
        set(i, at.unsure),
        whilst(less(i, unsureEnd), [setVector(sure, andVector(sure, askVector(vectorOf, [load(scratch, i), vector]))), next(i, 4)]),
        set(entry, add(cluster, add(words(CLUSTER_HEAD), multiply(load(tables, cluster, 4), word(CLUSTER_COLUMN * 4))))),
        set(end, add(cluster, add(words(CLUSTER_HEAD), multiply(load(tables, cluster), word(CLUSTER_COLUMN * 4))))),
        whilst(less(entry, end), [
          set(column, load(tables, entry)),
          set(each, load(scratch, add(at.classes, wordsIn(column)))),
          when(equal(each, word(UNREAD)), [set(each, ask(read, [column]))]),
          setVector(left, andVector(left, askVector(possible, [entry, column, each, vector]))),
          when(isZero(anyBit(left)), [leave]),
          when(less(each, word(FIRST)), [setVector(sure, andVector(sure, askVector(vectorOf, [placeOf(parts, entry, each), vector])))]),
          when(less(each, lowest), [set(lowest, each)]),
          next(entry, CLUSTER_COLUMN * 4),
        ]),
        set(first, add(load(tables, cluster, 8), shl(vector, word(Math.log2(VECTOR))))),
        when(
          equal(lowest, word(FIRST)),
          [call(takeSure, [left, first])],
          [call(take, [left, sure, first, select(equal(lowest, word(UNSURE)), word(FOUND_ASK), word(FOUND_MISSING))])],
        ),
      ];
    },
  );
}

/** Takes what is left of one vector: at once where all columns of the cluster say surely. */
function takeLeft(takers: Takers, look: Callable, { cluster, vector, first, left, lowest, unsureEnd, cheap }: Left, { tables }: Parts): Step {
  const isSimple = and(equal(lowest, word(FIRST)), equal(cheap, load(tables, cluster)));
  return when(isSimple, [call(takers.takeSure, [left, first])], [call(look, [cluster, vector, left, lowest, unsureEnd])]);
}

interface Left {
  readonly cluster: Word;
  readonly vector: Word;
  /** The first clause of the vector. */
  readonly first: Word;
  readonly left: Vector;
  readonly lowest: Word;
  readonly unsureEnd: Word;
  readonly cheap: Word;
}

/** Notes a column that does not say surely. */
function noteUnsure(parts: Parts, entry: Word, each: Word, lowest: WordVariable, unsureEnd: WordVariable): Step {
  return when(less(each, word(FIRST)), [
    store(parts.scratch, unsureEnd, placeOf(parts, entry, each)),
    next(unsureEnd, 4),
    when(less(each, lowest), [set(lowest, each)]),
  ]);
}

/** A cluster of one vector: nothing is gained by knowing before which of its rows have bits. */
function writeRunVector(parts: Parts, look: Callable, takers: Takers): Callable {
  const { module, tables, scratch, at } = parts;
  return module.define(
    "nothing",
    (v) => ({ cluster: v.word() }),
    ({ cluster }, v) => {
      const [cheap, entry, end, each, lowest, left, unsureEnd] = [v.word(), v.word(), v.word(), v.word(), v.word(), v.vector(), v.word()];
      return [
        set(lowest, word(FIRST)),
        set(unsureEnd, at.unsure),
        set(cheap, load(tables, cluster, 4)),
        set(entry, add(cluster, words(CLUSTER_HEAD))),
        set(end, add(entry, multiply(cheap, word(CLUSTER_COLUMN * 4)))),
        setVector(left, ALL_BITS),
        whilst(less(entry, end), [
          set(each, load(scratch, add(at.classes, wordsIn(load(tables, entry))))),
          setVector(left, andVector(left, loadVector(tables, add(at.rows, shl(shr(load(tables, placeOf(parts, entry, add(each, word(FIRST)))), word(PLACE_AT)), IN_VECTORS))))),
          noteUnsure(parts, entry, each, lowest, unsureEnd),
          next(entry, CLUSTER_COLUMN * 4),
        ]),
        when(anyBit(left), [takeLeft(takers, look, { cluster, vector: word(0), first: load(tables, cluster, 8), left, lowest, unsureEnd, cheap }, parts)]),
      ];
    },
  );
}

function writeRunCluster(parts: Parts, look: Callable, takers: Takers): Callable {
  const { module, tables, scratch, at } = parts;
  return module.define(
    "nothing",
    (v) => ({ cluster: v.word() }),
    ({ cluster }, v) => {
      const [i, cheap, entry, each, place, from, to, first] = [v.word(), v.word(), v.word(), v.word(), v.word(), v.word(), v.word(), v.word()];
      const [lowest, vector, begin, left, unsureEnd] = [v.word(), v.word(), v.word(), v.vector(), v.word()];
      return [
        set(lowest, word(FIRST)),
        set(unsureEnd, at.unsure),
        set(cheap, load(tables, cluster, 4)),
        set(to, load(tables, cluster, 12)),
        set(entry, add(cluster, words(CLUSTER_HEAD))),
        whilst(less(i, cheap), [
          set(each, load(scratch, add(at.classes, wordsIn(load(tables, entry))))),
          set(place, load(tables, placeOf(parts, entry, add(each, word(FIRST))))),
          set(first, fromOf(place)),
          when(greater(first, from), [set(from, first)]),
          set(to, select(less(toOf(place), to), toOf(place), to)),
          when(atLeast(from, to), [leave]),
          store(scratch, add(at.begins, wordsIn(i)), add(at.rows, shl(sub(shr(place, word(PLACE_AT)), first), IN_VECTORS))),
          noteUnsure(parts, entry, each, lowest, unsureEnd),
          next(entry, CLUSTER_COLUMN * 4),
          next(i),
        ]),
        set(first, load(tables, cluster, 8)),
        set(vector, from),
        whilst(less(vector, to), [
          setVector(left, ALL_BITS),
          set(i, word(0)),
          whilst(less(i, cheap), [
            set(begin, load(scratch, add(at.begins, wordsIn(i)))),
            setVector(left, andVector(left, loadVector(tables, add(begin, shl(vector, IN_VECTORS))))),
            next(i),
          ]),
          when(anyBit(left), [
            takeLeft(takers, look, { cluster, vector, first: add(first, shl(vector, word(Math.log2(VECTOR)))), left, lowest, unsureEnd, cheap }, parts),
          ]),
          next(vector),
        ]),
      ];
    },
  );
}

/** Reads the marks in the order of the owners, and takes them away; yields how many there are. */
function writeCollect({ module, scratch, at }: Parts): Callable {
  return module.define(
    "word",
    () => null,
    (_, v) => {
      const [i, touched, owners, marks, sure, rest, asked, missing] = [v.word(), v.word(), v.word(), v.word(), v.word(), v.word(), v.word(), v.word()];
      const [left, bit, found] = [v.word(), v.word(), v.word()];
      const bitOf = (a: Word): Word => and(shr(a, bit), word(1));
      return [
        set(found, at.found),
        whilst(less(i, at.touchedWords), [
          set(touched, load(scratch, add(at.touched, wordsIn(i)))),
          store(scratch, add(at.touched, wordsIn(i)), word(0)),
          whilst(touched, [
            set(owners, or(shl(i, word(5)), trailingZeros(touched))),
            set(marks, add(at.marks, shl(owners, word(Math.log2(MARKS * 4))))),
            set(sure, load(scratch, marks, FOUND_TRUE * 4)),
            set(rest, load(scratch, marks, FOUND_REST * 4)),
            // One clause that is true is enough, and one that must be asked more than one that is missing.
            set(asked, and(not(sure), or(load(scratch, marks, FOUND_ASK * 4), rest))),
            set(missing, and(not(or(sure, asked)), load(scratch, marks, FOUND_MISSING * 4))),
            storeVector(scratch, marks, NO_BITS),
            set(left, or(sure, or(asked, missing))),
            set(missing, or(missing, rest)),
            whilst(left, [
              set(bit, trailingZeros(left)),
              store(scratch, found, or(shl(or(shl(owners, word(5)), bit), word(FINDING)), or(shl(bitOf(asked), word(1)), bitOf(missing)))),
              next(found, 4),
              set(left, withoutLowest(left)),
            ]),
            set(touched, withoutLowest(touched)),
          ]),
          next(i),
        ]),
        yieldWord(shr(sub(found, at.found), IN_WORDS)),
      ];
    },
  );
}

interface Runners {
  readonly runVector: Callable;
  readonly runCluster: Callable;
  readonly mark: Callable;
}

function writeRun(parts: Parts, { runVector, runCluster, mark }: Runners): Callable {
  const { module, tables, at } = parts;
  const collect = writeCollect(parts);
  return module.define(
    "word",
    () => null,
    (_, v) => {
      const [each, cluster] = [v.word(), v.word()];
      return [
        set(each, at.always),
        whilst(less(each, at.alwaysEnd), [call(mark, [load(tables, each), word(FOUND_ASK)]), next(each, 4)]),
        set(cluster, at.clusters),
        whilst(less(cluster, at.clustersEnd), [
          when(equal(load(tables, cluster, 12), word(1)), [call(runVector, [cluster])], [call(runCluster, [cluster])]),
          set(cluster, add(cluster, add(words(CLUSTER_HEAD), multiply(load(tables, cluster), word(CLUSTER_COLUMN * 4))))),
        ]),
        yieldWord(ask(collect, [])),
      ];
    },
  );
}
