import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ABSENT, CLUSTER_COLUMN, CLUSTER_HEAD, FIRST, FOREIGN, NAN, type ColumnTable, type MatchTables, PLACE_AT, PLACE_FROM, TO_MASK, type Trie } from "../../src/match/tables.ts";
import { tryOut } from "./trial.ts";

/** Rulesets that a broken index may hide from. */
const PROGRAMS = 60;

type Sabotage = (tables: MatchTables) => MatchTables;

function inColumns(change: (column: ColumnTable) => ColumnTable): Sabotage {
  return (tables) => ({ ...tables, columns: tables.columns.map(change) });
}

/** Goes over the columns of all clusters with where the places of the rows of each stand: first those that are sure, then the others. */
function inPlaces(change: (places: Int32Array, at: (row: number) => number) => void): Sabotage {
  return (tables) => {
    const places = tables.places.slice();
    const { clusters } = tables;
    for (let at = 0; at < clusters.length; at += CLUSTER_HEAD + CLUSTER_COLUMN * (clusters[at] as number)) {
      for (let i = 0; i < (clusters[at] as number); i++) {
        const entry = at + CLUSTER_HEAD + CLUSTER_COLUMN * i;
        change(places, (row) => (clusters[entry + 1] as number) + row * (clusters[entry + 2] as number));
      }
    }
    return { ...tables, places };
  };
}

function inTries(change: (trie: Trie) => Trie): Sabotage {
  return inColumns((column) => (column.trie === null ? column : { ...column, trie: change(column.trie) }));
}

function inLimits(kinds: readonly ColumnTable["kind"][], change: (values: Float64Array) => Float64Array): Sabotage {
  return inColumns((column) => (column.limits !== null && kinds.includes(column.kind) ? { ...column, limits: { ...column.limits, values: change(column.limits.values) } } : column));
}

const next = (values: Float64Array): Float64Array => values.map((value) => value * (1 + 2 ** -52) + Number.MIN_VALUE);

const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  "what is missing refutes": inPlaces((places, at) => (places[at(FIRST + ABSENT)] = 0)),
  "what is missing is sure": inPlaces((places, at) => (places[at(ABSENT)] = places[at(FIRST + ABSENT)] as number)),
  "what is missing is never sure": inPlaces((places, at) => (places[at(ABSENT)] = 0)),
  "another currency refutes": inPlaces((places, at) => (places[at(FIRST + FOREIGN)] = 0)),
  "another currency is sure": inPlaces((places, at) => (places[at(FOREIGN)] = places[at(FIRST + FOREIGN)] as number)),
  "a number that is none refutes": inPlaces((places, at) => (places[at(FIRST + NAN)] = 0)),
  "what is not told refutes": inPlaces((places, at) => (places[at(FIRST)] = 0)),
  "the first class refutes": inPlaces((places, at) => (places[at(FIRST + FIRST)] = 0)),
  "a class is the one before": inPlaces((places, at) => (places[at(FIRST + FIRST + 1)] = places[at(FIRST + FIRST)] as number)),
  "a limit is a little greater": inLimits(["number"], next),
  "an amount is a little greater": inLimits(["money"], (values) => values.map((value) => value + 0.5)),
  "a factor is a little greater": inLimits(["above", "reaches"], next),
  "above is reached": inColumns((column) => (column.kind === "above" ? { ...column, kind: "reaches" } : column)),
  "reached is above": inColumns((column) => (column.kind === "reaches" ? { ...column, kind: "above" } : column)),
  "amounts have the next currency": inColumns((column) => (column.kind === "money" ? { ...column, currency: column.currency === "USD" ? "EUR" : "USD" } : column)),
  "a text is another": inColumns((column) => (column.kind === "text" && column.texts !== null ? { ...column, texts: { ...column.texts, units: column.texts.units.map((unit) => unit + 1) } } : column)),
  "what begins so ends so": inColumns((column) => (column.kind === "prefix" ? { ...column, kind: "suffix" } : column)),
  "shorter texts are forgotten": inTries((trie) => ({ ...trie, ending: trie.ending.map(() => 0) })),
  "what was read is forgotten": inTries((trie) => ({ ...trie, shorter: trie.shorter.map(() => 0) })),
  "a text of a tree is the one before": inTries((trie) => ({ ...trie, values: trie.values.map((value) => Math.max(0, value - 1)) })),
  "the sides of a comparison change places": inColumns((column) => ({ ...column, sides: column.sides.toReversed() })),
  "what no clause speaks for is not asked": (tables) => ({ ...tables, always: new Int32Array(0) }),
  "clauses say all": (tables) => ({ ...tables, clauses: tables.clauses.map((clause) => clause & ~3) }),
  "what must be asked is the first operand": (tables) => ({ ...tables, rests: tables.rests.map((bits) => Math.min(bits, 1)) }),
  "a clause is the next one's": (tables) => ({ ...tables, clauses: tables.clauses.map((clause) => (clause + 4 < tables.size * 4 ? clause + 4 : clause)) }),
  "a bit is turned in every row": (tables) => ({ ...tables, rows: tables.rows.map((row) => row ^ 1) }),
  "a row begins a vector later": (tables) => ({ ...tables, places: tables.places.map((place) => (place === 0 ? 0 : place + (1 << PLACE_FROM))) }),
  "a row ends a vector earlier": (tables) => ({ ...tables, places: tables.places.map((place) => (place & TO_MASK ? place - 1 : place)) }),
  "a row is the next one": (tables) => ({ ...tables, places: tables.places.map((place) => (place === 0 ? 0 : place + (1 << PLACE_AT))) }),
  "what ends so begins so": inColumns((column) => (column.kind === "suffix" ? { ...column, kind: "prefix" } : column)),
  "a text holds what it begins with": inColumns((column) => (column.kind === "infix" ? { ...column, kind: "prefix" } : column)),
};

suite("a broken index is found", () => {
  for (const [name, sabotage] of Object.entries(SABOTAGES)) {
    test(name, (t) => {
      for (let seed = 1; seed <= PROGRAMS; seed++) {
        const thresholds = { indexedFrom: 0, ...(seed % 2 === 0 ? {} : { sharedBy: 0 }) };
        if (tryOut({ seed, size: 40, events: 20, thresholds, sabotage }) === null) continue;
        t.diagnostic(`seed ${seed}`);
        return;
      }
      assert.fail(`not found in ${PROGRAMS} rulesets`);
    });
  }
});
