import assert from "node:assert/strict";
import { test } from "node:test";
import { PIECE, PIECE_HEAD, SnapshotError, VERSION } from "../../src/windows/pieces.ts";
import type { SnapshotFault } from "../../src/windows/pieces.ts";
import { MAX_WAITING } from "../../src/windows/snapshot.ts";
import { logId } from "../../src/windows/spec.ts";
import type { WindowOptions } from "../../src/windows/store.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { rngOf } from "../random.ts";
import { frameOf, HOUR, planOf } from "./agreement.ts";
import { dump } from "./dump.ts";
import { all, interrupt, interruptOpen } from "./interrupted.ts";
import type { Definition, Sent } from "./naive.ts";

const COUNT: Definition = {
  name: "count", source: "payment", keys: ["card"], aggregate: "count", over: HOUR, delay: 0, excludingCurrent: false, flagged: false, field: null,
};
const TEXTS: Definition = { ...COUNT, name: "texts", aggregate: "distinct", field: "text" };
const LAST: Definition = { ...COUNT, name: "last", aggregate: "last", field: "text" };
const PAID: Definition = { ...COUNT, name: "paid", aggregate: "max", field: "paid" };
const SHOP: Definition = { ...COUNT, name: "shop", keys: ["shop"] };
const CARDS = logId(COUNT);

function storeOf(definitions: readonly Definition[], options: WindowOptions = {}): WindowStore {
  const store = new WindowStore(options);
  store.adopt(planOf(definitions));
  return store;
}

function pay(store: WindowStore, number: number, rest: Partial<Sent> = {}): void {
  const sent: Sent = { type: "payment", at: number, card: `c${number}`, shop: `s${number % 5}`, text: `t${number % 9}`, amount: number, ...rest };
  store.arrive(sent.type, frameOf(sent), sent.at, true);
}

function filled(definitions: readonly Definition[], events: number, options: WindowOptions = {}): WindowStore {
  const store = storeOf(definitions, options);
  for (let number = 0; number < events; number++) pay(store, number);
  return store;
}

function fault(code: SnapshotFault): (error: unknown) => boolean {
  return (error) => error instanceof SnapshotError && error.code === code;
}

function takeUp(store: WindowStore, pieces: readonly Uint8Array[]): WindowStore {
  for (const [number, piece] of pieces.entries()) assert.equal(store.restore(piece), number === pieces.length - 1);
  return store;
}

void test("a store that begins with a snapshot taken while events go on is the store that never stopped", () => {
  const first = Number(process.env["SLUICE_SEED"] ?? 1);
  for (let seed = first; seed < first + 120; seed++) {
    try {
      interrupt((options) => new WindowStore(options), seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});

void test("an event that waits to go to a pane as it begins is in it", () => {
  interruptOpen((options) => new WindowStore(options));
});

void test("evictions while a snapshot is taken: it has what there was as it began", () => {
  const options = { seed: 7, maxKeys: 900 };
  const [store, still] = [filled([COUNT, TEXTS], 900, options), filled([COUNT, TEXTS], 900, options)];
  const snapshot = store.snapshot();
  for (let number = 900; number < 2_000; number++) pay(store, number);
  assert.equal(store.stats.evicted, 1_100);
  const pieces: Uint8Array[] = [];
  for (let piece = snapshot.next(0); piece !== null; piece = snapshot.next(0)) pieces.push(piece);
  assert.deepEqual(dump(pieces), dump(all(still)));
});

void test("what was lost to the budget stays known, and a smaller budget holds while a snapshot is taken up", () => {
  const store = filled([COUNT], 1_000, { maxKeys: 400 });
  assert.equal(store.stats.evicted, 600);
  const resumed = takeUp(storeOf([COUNT]), all(store));
  assert.deepEqual(resumed.qualityOf(0, '["c3"]', 1_000), store.qualityOf(0, '["c3"]', 1_000));
  assert.equal(resumed.qualityOf(0, '["c3"]', 1_000).evicted, true);
  const budget = 1_000_000;
  const large = filled([COUNT], 40_000);
  assert.ok(large.stats.bytes > 2 * budget);
  const small = takeUp(storeOf([COUNT], { budget }), all(large));
  assert.ok(small.stats.bytes <= budget + 2 ** 18, `${small.stats.bytes}`);
  assert.ok(small.stats.evicted > 10_000);
});

void test("a plan with fewer features takes what it has, one with more names the logs that lack something", () => {
  const store = filled([COUNT, TEXTS, PAID, SHOP], 100);
  const fewer = takeUp(storeOf([TEXTS]), all(store));
  assert.deepEqual(fewer.incomplete(), []);
  for (let number = 0; number < 100; number++) assert.equal(fewer.inspect(0, `["c${number}"]`, 100), 1);
  assert.equal(fewer.stats.entities, 100);
  const more = takeUp(storeOf([LAST, SHOP, COUNT]), all(store));
  assert.deepEqual(more.incomplete(), [CARDS]);
  assert.equal(more.inspect(1, '["s0"]', 100), 20);
  assert.equal(more.inspect(2, '["c0"]', 100), 1);
  assert.deepEqual(more.qualityOf(0, '["c0"]', 100).coverage, 0, "not counted before");
});

void test("a snapshot goes on when its logs are dropped, changed and replaced meanwhile", () => {
  const [store, still] = [filled([COUNT, SHOP], 3_000, { seed: 1 }), filled([COUNT, SHOP], 3_000, { seed: 1 })];
  const snapshot = store.snapshot();
  const pieces = [snapshot.next(0) as Uint8Array];
  const plan = planOf([COUNT, TEXTS]);
  const draft = store.draft(plan, [CARDS]);
  for (let number = 0; number < 500; number++) draft.arrive("payment", frameOf({ type: "payment", at: number, card: "a", text: "x" }), number);
  store.adopt(plan, draft);
  while (store.sweep(0));
  for (let number = 0; number < 100; number++) pay(store, 5_000 + number);
  for (let piece = snapshot.next(0); piece !== null; piece = snapshot.next(0)) pieces.push(piece);
  assert.deepEqual(dump(pieces), dump(all(still)));
});

void test("a draft takes up what another store made of the past", () => {
  const plan = planOf([COUNT, TEXTS, SHOP]);
  const [store, whole, worker] = [storeOf([COUNT, PAID]), storeOf([COUNT, TEXTS, SHOP]), new WindowStore()];
  for (let number = 0; number < 2_000; number++) for (const each of [store, whole]) pay(each, number, { card: `c${number % 90}`, paid: { minor: number, currency: "EUR" } });
  const draft = store.draft(plan, [CARDS]);
  worker.adopt(plan);
  assert.throws(() => draft.restore(all(worker)[0] as Uint8Array), fault("snapshot_seed"));
  const same = new WindowStore({ seed: store.seed });
  same.adopt(plan);
  for (let number = 0; number < 1_000; number++) pay(same, number, { card: `c${number % 90}`, paid: { minor: number, currency: "EUR" } });
  const again = store.draft(plan, [CARDS]);
  for (const piece of all(same)) again.restore(piece);
  for (let number = 1_000; number < 2_000; number++) again.arrive("payment", frameOf({ type: "payment", at: number, card: `c${number % 90}`, text: `t${number % 9}` }), number);
  store.adopt(plan, again);
  for (let number = 0; number < 90; number++) {
    for (const feature of [0, 1]) {
      assert.deepEqual(store.inspect(feature, `["c${number}"]`, 2_000), whole.inspect(feature, `["c${number}"]`, 2_000));
      assert.deepEqual(store.qualityOf(feature, `["c${number}"]`, 2_000), whole.qualityOf(feature, `["c${number}"]`, 2_000));
    }
  }
});

void test("currencies are met by name, not by the number that a store gave them", () => {
  const money = (minor: number, currency: string): Partial<Sent> => ({ card: "a", paid: { minor, currency } });
  const options: WindowOptions = { exact: 2, seed: 5 };
  const plan = planOf([PAID, { ...PAID, name: "last", aggregate: "last" }]);
  const [source, store] = [new WindowStore(options), new WindowStore(options)];
  source.adopt(plan);
  for (let number = 0; number < 50; number++) pay(source, number, money(number, "USD"));
  store.adopt(planOf([{ ...PAID, source: "login" }]));
  for (const currency of ["EUR", "GBP"]) pay(store, 0, { type: "login", ...money(1, currency) });
  const draft = store.draft(plan, [CARDS]);
  for (const piece of all(source)) draft.restore(piece);
  store.adopt(plan, draft);
  assert.deepEqual(store.inspect(0, '["a"]', 50), { minor: 49, currency: "USD" });
  assert.deepEqual(store.inspect(1, '["a"]', 50), { value: { minor: 49, currency: "USD" }, at: 49 });
  assert.deepEqual(store.inspect(1, '["a"]', 20), source.inspect(1, '["a"]', 20), "from a pane");
});

void test("pieces are small, also where one value is larger than a piece", () => {
  const store = storeOf([LAST, TEXTS]);
  for (let number = 0; number < 20; number++) pay(store, number, { card: "a", text: String(number).repeat(200_000) });
  const pieces = all(store);
  assert.ok(pieces.length > 50);
  assert.ok(pieces.every((piece) => piece.length <= PIECE));
  const resumed = takeUp(storeOf([LAST, TEXTS]), pieces);
  assert.deepEqual(resumed.inspect(0, '["a"]', 19), { value: "19".repeat(200_000), at: 19 });
  assert.equal(resumed.inspect(1, '["a"]', 19), 20);
});

void test("any byte of a piece that is wrong, and any that is missing, is told, and nothing is left of it", () => {
  const pieces = all(filled([COUNT, TEXTS, SHOP], 3_000));
  assert.ok(pieces.length > 3);
  const rng = rngOf(11);
  const plan = planOf([COUNT, TEXTS, SHOP]);
  const fails = (bad: readonly Uint8Array[], ...codes: SnapshotFault[]): void => {
    const store = new WindowStore();
    store.adopt(plan);
    const live = store.stats.bytes;
    assert.throws(() => bad.forEach((piece) => store.restore(piece)), (error) => error instanceof SnapshotError && codes.includes(error.code));
    assert.deepEqual([store.stats.entities, store.stats.bytes], [0, live]);
    // It can be used as if nothing had been tried.
    takeUp(store, pieces);
    assert.equal(store.inspect(0, '["c2999"]', 3_000), 1);
  };
  for (let count = 0; count < 30; count++) {
    const number = rng.below(pieces.length);
    const piece = (pieces[number] as Uint8Array).slice();
    const at = rng.chance(0.5) ? rng.below(PIECE_HEAD) : rng.below(piece.length);
    piece[at] = (piece[at] as number) ^ (1 << rng.below(8));
    fails(pieces.with(number, piece), "snapshot_damaged");
    fails(pieces.with(number, (pieces[number] as Uint8Array).subarray(0, rng.below(piece.length))), "snapshot_damaged");
  }
  fails(pieces.toSpliced(1, 1), "snapshot_order");
  fails(pieces.with(1, pieces[2] as Uint8Array), "snapshot_order");
  fails([pieces[0] as Uint8Array, ...all(filled([COUNT], 3_000)).slice(1)], "snapshot_order");
  fails([new Uint8Array(0)], "snapshot_damaged");
});

void test("a piece of another version is told as such", async () => {
  const { crc32 } = await import("node:zlib");
  const piece = (all(filled([COUNT], 10))[0] as Uint8Array).slice();
  const view = new DataView(piece.buffer);
  view.setUint32(4, ((view.getUint32(4, true) & 0x8000_0000) | (VERSION + 1)) >>> 0, true);
  view.setUint32(20, crc32(piece.subarray(PIECE_HEAD), crc32(piece.subarray(0, 20))), true);
  assert.throws(() => storeOf([COUNT]).restore(piece), fault("snapshot_version"));
});

void test("a store that has not taken up all pieces takes no events until it is told to forget them", () => {
  const pieces = all(filled([COUNT], 3_000));
  const store = storeOf([COUNT]);
  store.restore(pieces[0] as Uint8Array);
  assert.throws(() => pay(store, 1), fault("snapshot_unfinished"));
  assert.throws(() => store.snapshot(), fault("snapshot_unfinished"));
  store.forget();
  pay(store, 1);
  assert.equal(store.stats.entities, 1);
  assert.throws(() => store.restore(pieces[0] as Uint8Array), RangeError, "there are events");
});

void test("there is one snapshot at a time; one that was closed costs and yields nothing", () => {
  const store = filled([COUNT], 100);
  const snapshot = store.snapshot();
  assert.throws(() => store.snapshot(), RangeError);
  snapshot.close();
  assert.throws(() => snapshot.next(1), fault("snapshot_closed"));
  assert.equal((dump(all(store)) as { entities: unknown[] }).entities.length, 100);
});

void test("a snapshot that nobody takes away is given up before it fills memory", () => {
  const store = storeOf([LAST]);
  const size = 400_000;
  const entities = Math.ceil(((MAX_WAITING + 8) * PIECE) / size);
  for (let number = 0; number < entities; number++) pay(store, number, { text: String(number).padEnd(size, "x") });
  const snapshot = store.snapshot();
  for (let number = 0; number < entities; number++) pay(store, entities, { card: `c${number}`, text: "" });
  assert.throws(() => snapshot.next(1), fault("snapshot_behind"));
  assert.equal(store.snapshot().next(1_000)?.length, PIECE, "another can be begun");
});
