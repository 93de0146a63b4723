import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { BackfillOptions } from "../../src/backfill/backfill.ts";
import { FIRST, SECOND, STARTED, Stream } from "./rules.ts";
import { always, openWorld, type World, type WorldOptions } from "./world.ts";

/** Events before the save, and after the switch. */
const BEFORE = 1_500;
const AFTER = 400;
/** Events of one turn while the past is read. */
const A_TURN = 3;
/** Events after which they come slowly. */
const BUSY = 1_500;

interface Told {
  /** Decisions whose features differ from what they would be had they been there from the start. */
  readonly different: string[];
  readonly compared: number;
  /** Events that came while the past was read. */
  readonly meanwhile: number;
  readonly world: World;
}

/** Adds features to a world under load and compares every decision after the switch with a desk that had them from the start. */
async function grow(t: TestContext, seed: number, options: WorldOptions = {}, cards?: number, logins?: number): Promise<Told> {
  const world = await openWorld(t, options);
  const whole = always(SECOND, options.windows);
  const stream = new Stream(seed, cards, logins);
  const different: string[] = [];
  let compared = 0;
  const send = (): void => {
    const { type, event } = stream.next();
    const [decision, expected] = [world.send(event, type), whole.send(event, type)];
    if (decision.version !== whole.program.version) return;
    compared += 1;
    try {
      assert.deepEqual(decision.features, expected.features);
    } catch (error) {
      different.push(`${String(event["id"])}: ${error instanceof Error ? error.message : ""}`);
    }
  };
  await world.save(FIRST);
  for (let n = 0; n < BEFORE; n++) send();
  const saved = world.save(SECOND).then(() => true);
  let meanwhile = 0;
  for (let active = false; !active; active = await Promise.race([saved, nextTurn(false)])) {
    for (let n = 0; n < A_TURN; n++, meanwhile++) send();
    // Where processors are few and busy the worker gets its turn.
    if (meanwhile > BUSY) await sleep(5);
  }
  assert.equal(world.registry.active()?.version, whole.program.version, JSON.stringify(world.registry.status().lastAttempt));
  for (let n = 0; n < AFTER; n++) send();
  return { different, compared, meanwhile, world };
}

suite("features that are added to a running service", () => {
  for (const seed of [1, 2, 3]) {
    test(`have the values that they would have had from the start, seed ${seed}`, async (t) => {
      const { different, compared, meanwhile, world } = await grow(t, seed);
      assert.deepEqual(different, []);
      assert.ok(compared >= AFTER && meanwhile > 0, `${meanwhile} events while the past was read`);
      const { plan, warming } = world.registry.status().reload;
      assert.equal(warming, null);
      assert.deepEqual(plan?.features.filter(({ action }) => action === "start").map(({ name }) => name), STARTED);
      assert.deepEqual(plan?.fills.map(({ source, keys, from, kept }) => [source, ...keys, from, ...kept]), [
        ["payment", "card", "log", "seen"],
        ["payment", "shop", "log"],
        ["login", "card", "log"],
      ]);
      assert.ok(plan.fills.reduce((sum, { events }) => sum + events, 0) >= BEFORE);
    });
  }

  test("have them also where there are too many events for each to be kept", async (t) => {
    const { different } = await grow(t, 4, {}, 2);
    assert.deepEqual(different, []);
  });
});

/** A store in which what is read from memory, or from the log after the worker, begins a number too early or too late. */
function shifted(by: number, where: "memory" | "log"): (store: BackfillOptions["store"]) => BackfillOptions["store"] {
  const [memory, log] = where === "memory" ? [by, 0] : [0, by];
  return (store) => ({
    reader: {
      reach: (...asked) => store.reader.reach(...asked),
      eventsSince: (...asked) => store.reader.eventsSince(...asked),
      segments: (range) => store.reader.segments({ ...range, after: (range?.after ?? 0) + log }),
    },
    get stats() {
      return store.stats;
    },
    // Where everything is written there is nothing to lose: then it waits for the next event.
    unwritten: (after, types) => (memory > 0 && store.stats.last <= after ? null : store.unwritten(after + memory, types)),
  });
}

// Of payments alone: every one of them counts for some feature, so that each can be missed.
suite("a switch at the wrong place is noticed", () => {
  for (const where of ["memory", "log"] as const) {
    test(`where one event is counted twice, read from the ${where}`, async (t) => {
      const { different } = await grow(t, 5, { faulty: shifted(-1, where) }, 4, 0);
      assert.ok(different.length > 0);
    });

    test(`where one event is lost, read from the ${where}`, async (t) => {
      const { different } = await grow(t, 5, { faulty: shifted(1, where) }, 4, 0);
      assert.ok(different.length > 0);
    });
  }
});
