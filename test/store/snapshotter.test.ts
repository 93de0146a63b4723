import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Snapshotter, type SnapshotResult, type SnapshotterOptions } from "../../src/engine/snapshotter.ts";
import { rngOf } from "../random.ts";
import { Engine } from "./engine.ts";
import { dataFolder, decided, FAULTY, openStore, plant, until, write } from "./records.ts";

/** Windows whose pieces are counted, and which can be made slow. */
class Pieces {
  taken = 0;
  closed = 0;
  readonly stats = { live: 0 };
  readonly budgets: number[] = [];
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  snapshot(): { next(budgetMs: number): Uint8Array | null; close(): void } {
    let left = this.#count;
    return {
      next: (budgetMs) => {
        this.budgets.push(budgetMs);
        if (left-- === 0) return null;
        this.taken += 1;
        return new Uint8Array(1_000);
      },
      close: () => {
        this.closed += 1;
      },
    };
  }
}

const IDS = { *pieces() { /* none */ } };
const clock = { now: () => 1_000 };

function options(store: SnapshotterOptions["store"], windows: Pieces, records: number, results: SnapshotResult[] = []): SnapshotterOptions {
  const program = { windows: { features: [], logs: [], access: new Map() } } as never;
  return { store, windows, ids: IDS, clock, active: () => program, records, onEnd: (result) => void results.push(result) };
}

test("a snapshot is written when the tail is long enough to be worth it, and not before", async (t) => {
  const store = await openStore(t, dataFolder(t));
  const windows = new Pieces(3);
  const snapshotter = new Snapshotter(options(store, windows, 20), null);
  t.after(() => snapshotter.close());
  snapshotter.start();
  await write(store, ...Array.from({ length: 19 }, (_, n) => decided(n + 1)));
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert.deepEqual([snapshotter.stats.made, snapshotter.stats.tail, snapshotter.stats.age], [0, 19, null]);
  windows.stats.live = 20_000;
  await write(store, decided(20));
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert.equal(snapshotter.stats.made, 0, "the state is larger than the records are worth");
  windows.stats.live = 5_000;
  await until(() => snapshotter.stats.made === 1, "a snapshot is made");
  const { tail, age, bytes, failed } = snapshotter.stats;
  assert.deepEqual([tail, age, failed], [0, 0, 0]);
  assert.ok(bytes > 3_000);
  assert.equal((await store.reader.snapshot())?.seq, 20);
  assert.ok(windows.budgets.every((budget) => budget > 0 && budget <= 2));
});

test("everybody has a turn between two pieces", async (t) => {
  const store = await openStore(t, dataFolder(t));
  await write(store, decided(1));
  const windows = new Pieces(200);
  let turns = 0;
  const over = new AbortController();
  const count = async (): Promise<void> => {
    for (; !over.signal.aborted; turns++) await nextTurn();
  };
  const counting = count();
  assert.equal(await new Snapshotter(options(store, windows, 1), null).run(), true);
  over.abort();
  await counting;
  assert.ok(turns >= 200, `${turns} turns`);
});

test("one that is cut off by the end of the service or by the store is given up, and the one before stays", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder, { writer: FAULTY });
  await write(store, decided(1));
  const first = new Pieces(2);
  assert.equal(await new Snapshotter(options(store, first, 1), null).run(), true);
  assert.equal(first.closed, 1);

  await write(store, decided(2));
  const results: SnapshotResult[] = [];
  const failing = new Pieces(50);
  plant(folder, "piece", "database or disk is full");
  assert.equal(await new Snapshotter(options(store, failing, 1, results), null).run(), false);
  assert.deepEqual([failing.closed, results], [1, [{ ok: false, reason: "the store cannot write: database or disk is full" }]]);
  await until(() => store.state.status === "ok", "the store has recovered");
  assert.equal((await store.reader.snapshot())?.seq, 1);

  const stopped = new Pieces(100_000);
  const stopping = new Snapshotter(options(store, stopped, 1_000), null);
  const running = stopping.run();
  await until(() => stopped.taken > 5, "some pieces are written");
  const closing = stopping.close();
  assert.equal(await running, false);
  await closing;
  assert.deepEqual([stopped.closed, (await store.reader.snapshot())?.seq], [1, 1]);
});

test("at the end a last snapshot is written where it is worth it", async (t) => {
  const store = await openStore(t, dataFolder(t));
  await write(store, decided(1), decided(2));
  const windows = new Pieces(1);
  await new Snapshotter(options(store, windows, 11), null).close();
  assert.equal(await store.reader.snapshot(), null);
  await new Snapshotter(options(store, windows, 10), null).close();
  assert.equal((await store.reader.snapshot())?.seq, 2);
});

test("a snapshot is whole only once the records that it knows are durable", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder, { writer: FAULTY });
  await write(store, decided(1));
  plant(folder, "commit", "disk I/O error", 1);
  store.append(decided(2));
  assert.equal(await new Snapshotter(options(store, new Pieces(3), 1), null).run(), false, "its newest record was not written then");
  await until(() => store.state.status === "ok", "the store has recovered");
  assert.equal(await store.reader.snapshot(), null);
});

test("records that no snapshot knows are not forgotten while there is one, and a hole makes it useless", async (t) => {
  const store = await openStore(t, dataFolder(t));
  const rng = rngOf(3);
  const live = new Engine(store);
  for (let n = 0; n < 400; n++) {
    await live.feed(rng, n);
    await store.committed(store.last);
    if (n === 200) assert.equal(await live.snapshotter(store).run(), true);
  }
  const before = await store.reader.snapshot();
  assert.ok(before !== null);
  assert.equal(await store.prune({ before: live.now + 1, bytes: Number.MAX_SAFE_INTEGER }), before.seq);
  assert.equal(store.stats.held, true);
  const again = new Engine(store);
  again.now = live.now;
  await again.recover(store);
  const pick = (engine: Engine): unknown => (engine.picture(store, 400) as Record<string, unknown>)["values"];
  assert.deepEqual(pick(again), pick(live), "what retention has taken is in the snapshot");
  assert.equal(await live.snapshotter(store).run(), true);
  await store.prune({ before: live.now + 1, bytes: Number.MAX_SAFE_INTEGER });
  assert.equal(store.stats.held, false);
  assert.equal((await store.reader.extent()).last, 0);
  const last = new Engine(store);
  last.now = live.now;
  assert.equal((await last.recover(store)).records, 0);
  assert.deepEqual(last.picture(store, 400), live.picture(store, 400));
});
