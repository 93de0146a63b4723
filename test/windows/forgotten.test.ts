import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { WindowStore } from "../../src/windows/store.ts";
import { interrupt, interruptOpen } from "./interrupted.ts";
import { plant, type Planted } from "./plant.ts";
import { interruptStates } from "./states.ts";

/* The properties of snapshots have teeth: with each of these bugs in a copy of the source they turn red. */

const folder = mkdtempSync(join(tmpdir(), "sluice-forgotten-"));
after(() => rmSync(folder, { recursive: true }));

/** Scenarios tried before a bug counts as unnoticed. */
const SEEDS = 60;

interface Bug extends Planted {
  readonly bug: string;
  /** What shows it; `interrupt` unless said. */
  readonly play?: typeof interrupt;
}

const BUGS: readonly Bug[] = [
  { bug: "an entity that is recorded for is not written down first", file: "log.ts", from: "      this.#keep(entity);\n      this.#load(rows, entity);", to: "      this.#load(rows, entity);" },
  { bug: "an entity that expires is not written down first", file: "log.ts", from: "    this.#keep(entity);\n    const rows = this.#other;", to: "    const rows = this.#other;" },
  { bug: "an entity that is moved to another layout is not written down first", file: "log.ts", from: "    this.#keep(entity);\n    const before", to: "    const before" },
  { bug: "what an event left open is not settled before", file: "store.ts", from: "    for (const log of wanted) log.settle();\n", to: "", play: interruptOpen },
  { bug: "an entity that came later is in it", file: "log.ts", from: "integers[first + MARK] = keeper === null ? 0 : keeper.number;", to: "integers[first + MARK] = 0;" },
  { bug: "an entity is written twice", file: "snapshot.ts", from: "[wordOf(entity) * 2 + MARK] = this.number;", to: "[wordOf(entity) * 2 + MARK] = 0;" },
  { bug: "an entity that is over is in it", file: "snapshot.ts", from: "if (log.isOver(entity, member.floor)) {", to: "if (log.isOver(entity, -Infinity)) {" },
  { bug: "what is over is forgotten", file: "restore.ts", from: "floor: Math.max(floor, clock - log.layout.keep)", to: "floor: -Infinity" },
  { bug: "the block of the clock begins anew", file: "restore.ts", from: "blockSize, blockEarliest });", to: "});" },
  { bug: "the beginning of a feature is forgotten", file: "restore.ts", from: "if (measure !== undefined && since !== null) log.since.set(measure.serial, since);", to: "" },
  { bug: "rows that make an entity spill are forgotten", file: "restore.ts", from: "    rows.setHead(LIMIT, limit);\n", to: "" },
  { bug: "room for rows is forgotten", file: "restore.ts", from: "rows.allocate(capacity, wide)", to: "rows.allocate(size, wide)" },
  { bug: "the order of meeting is forgotten", file: "restore.ts", from: "(this.#shared.arrival - idle) >>> 0", to: "this.#shared.arrival >>> 0" },
  { bug: "values are mixed up", file: "restore.ts", from: "const cell = cells[number - 1];", to: "const cell = cells[cells.length - number];" },
  { bug: "values that were seen are forgotten", file: "encode.ts", from: "    if (panes.seen !== 0) this.#putSeen(measure);\n", to: "" },
  { bug: "the seed of the hash is another", file: "store.ts", from: "if (!each.reseed(seed))", to: "if (!each.reseed(shared.seed))" },
  { bug: "a record that is written is not written down first", file: "records.ts", from: "      this.#keep(address);\n      if (this.#hand", to: "      if (this.#hand", play: interruptStates },
  { bug: "a record that goes is not written down first", file: "records.ts", from: "    this.#keep(address);\n    if (this.#hand", to: "    if (this.#hand", play: interruptStates },
  { bug: "records that changed come too early", file: "listing.ts", from: "< stamp) {", to: "< Infinity) {", play: interruptStates },
  { bug: "the record that is looked at next is forgotten", file: "restore.ts", from: "until, idle, isNext)", to: "until, idle, false)", play: interruptStates },
  { bug: "the clock of records is forgotten", file: "records.ts", from: "    this.#clock = clock;\n", to: "", play: interruptStates },
];

for (const [number, { bug, play = interrupt, ...planted }] of BUGS.entries()) {
  void test(`planted: ${bug}`, async () => {
    const { WindowStore: Mutant } = (await import(plant(folder, number, planted))) as { WindowStore: typeof WindowStore };
    let noticed = false;
    for (let seed = 1; seed <= SEEDS && !noticed; seed++) {
      try {
        play((options) => new Mutant(options), seed);
      } catch {
        noticed = true;
      }
    }
    assert.ok(noticed);
  });
}
