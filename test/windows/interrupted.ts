import assert from "node:assert/strict";
import type { WindowPlan } from "../../src/windows/spec.ts";
import type { WindowOptions, WindowStore } from "../../src/windows/store.ts";
import type { Rng } from "../random.ts";
import { rngOf } from "../random.ts";
import { frameOf, planOf } from "./agreement.ts";
import { dump } from "./dump.ts";
import type { Definition, Field, Key, Sent } from "./naive.ts";

/*
 * Three stores take the same random events: one is never disturbed; of one a snapshot is taken while events go on; one
 * begins with that snapshot. They must not be told apart, by any value, by how far it is to be trusted, or by what is
 * written of them afterwards.
 */

export type Create = (options: WindowOptions) => WindowStore;

/** So few that panes, HyperLogLog and cursors are met by short streams. */
const SMALL: WindowOptions = { exact: 6, exactDistinct: 4, scanned: 2 };
const EVENTS = 420;
const AGGREGATES: readonly (readonly [Definition["aggregate"], readonly (Field | null)[]])[] = [
  ["count", [null]], ["sum", ["amount", "paid"]], ["average", ["amount", "paid"]], ["min", ["amount", "paid", "text"]], ["max", ["paid", "text"]],
  ["distinct", ["text", "paid"]], ["last", [null, "paid", "text"]], ["first", ["text", "amount"]], ["stddev", ["amount"]], ["percentile", ["amount", "paid"]],
  ["change", ["paid"]], ["rate", [null, "amount"]],
];

type Step = { readonly kind: "event"; readonly sent: Sent } | { readonly kind: "adopt"; readonly plan: WindowPlan };

function definitionOf(rng: Rng, name: string): Definition {
  const [aggregate, fields] = rng.pick(AGGREGATES);
  return {
    name, source: rng.chance(0.8) ? "payment" : "login", keys: rng.pick<readonly Key[]>([["card"], ["card"], ["shop"], ["card", "shop"]]), aggregate,
    argument: aggregate === "percentile" ? 50 : null, over: 1 + rng.below(300), delay: rng.chance(0.2) ? rng.below(50) : 0, lateness: rng.pick([0, 20, 100]),
    excludingCurrent: rng.chance(0.3), flagged: rng.chance(0.2), field: rng.pick(fields),
  };
}

function stepsOf(rng: Rng): { readonly first: WindowPlan; readonly steps: readonly Step[] } {
  const pool = Array.from({ length: 8 }, (_, index) => definitionOf(rng, `f${index}`));
  const plan = (): WindowPlan => planOf(pool.filter((_, index) => index === 0 || rng.chance(0.7)));
  const first = plan();
  let clock = 10_000;
  const cards = 3 + rng.below(12);
  const steps = Array.from({ length: EVENTS }, (): Step => {
    if (rng.chance(0.01)) return { kind: "adopt", plan: plan() };
    clock += rng.chance(0.02) ? rng.below(400) : rng.below(4);
    const at = rng.chance(0.15) ? clock - rng.below(150) : clock;
    return {
      kind: "event",
      sent: {
        type: rng.pick(["payment", "payment", "payment", "login", "ping"]), at, card: `c${rng.below(rng.chance(0.5) ? 3 : cards)}`, shop: `s${rng.below(3)}`,
        amount: rng.chance(0.1) ? undefined : rng.chance(0.2) ? rng.next() * 1e6 : rng.below(100) - 20,
        paid: { minor: rng.below(1_000), currency: rng.chance(0.02) ? "EUR" : rng.pick(["USD", "USD", ""]) },
        text: rng.chance(0.05) ? `${"long".repeat(30)}${rng.below(9)}` : `t${rng.below(20)}`,
        flag: rng.chance(0.5),
      },
    };
  });
  return { first, steps };
}

/** Plays a scenario; throws where the three stores differ. */
export function interrupt(create: Create, seed: number): void {
  const rng = rngOf(seed);
  const { first, steps } = stepsOf(rng);
  const begin = rng.below(steps.length);
  const hurry = rng.pick([0, 0, 0.02, 0.3]);
  const [calm, disturbed, resumed] = [create({ ...SMALL, seed: 1 }), create({ ...SMALL, seed: 1 }), create({ ...SMALL, seed: 2 })];
  calm.adopt(first);
  disturbed.adopt(first);
  let plan = first;
  for (const step of steps.slice(0, begin)) {
    plan = step.kind === "adopt" ? step.plan : plan;
    for (const store of [calm, disturbed]) play(store, step);
  }
  const snapshot = disturbed.snapshot();
  const pieces: Uint8Array[] = [];
  const take = (): boolean => {
    const piece = snapshot.next(0);
    if (piece !== null) pieces.push(piece);
    return piece !== null;
  };
  const rest = steps.slice(begin);
  let shown = plan;
  for (const step of rest) {
    shown = step.kind === "adopt" ? step.plan : shown;
    play(disturbed, step);
    // Who looks at an entity moves it over to the layout of now.
    if (step.kind === "event") look(disturbed, shown, step.sent);
    if (rng.chance(hurry)) take();
  }
  while (take());
  snapshot.close();
  resumed.adopt(plan);
  assert.equal(resumed.restore(pieces[0] as Uint8Array), pieces.length === 1);
  for (const piece of pieces.slice(1)) assert.equal(resumed.restore(piece), piece === pieces.at(-1));
  assert.deepEqual(resumed.incomplete(), []);
  assert.deepEqual(dump(all(resumed)), dump(all(calm)), "as it began");
  for (const step of rest) {
    plan = step.kind === "adopt" ? step.plan : plan;
    play(calm, step);
    play(resumed, step);
    if (step.kind === "event") compare(resumed, calm, plan, step.sent);
  }
  const expected = dump(all(calm));
  assert.deepEqual(dump(all(resumed)), expected, "at the end, of the store that began with the snapshot");
  assert.deepEqual(dump(all(disturbed)), expected, "at the end, of the store that the snapshot was taken of");
}

/** As `interrupt`, at the one moment when a late event that is not in its own window waits to go to a pane. */
export function interruptOpen(create: Create): void {
  const plan = planOf([{
    name: "f", source: "payment", keys: ["card"], aggregate: "count", over: 100, delay: 0, excludingCurrent: true, flagged: false, field: null,
  }]);
  const [store, resumed] = [create(SMALL), create(SMALL)];
  store.adopt(plan);
  resumed.adopt(plan);
  for (const at of [...Array.from({ length: 30 }, (_, index) => index), 3]) play(store, { kind: "event", sent: { type: "payment", at, card: "a" } });
  const snapshot = store.snapshot();
  const pieces: Uint8Array[] = [];
  play(store, { kind: "event", sent: { type: "payment", at: 30, card: "a" } });
  for (let piece = snapshot.next(0); piece !== null; piece = snapshot.next(0)) pieces.push(piece);
  for (const piece of pieces) resumed.restore(piece);
  assert.equal(resumed.inspect(0, '["a"]', 40), 31);
}

function play(store: WindowStore, step: Step): void {
  if (step.kind === "adopt") store.adopt(step.plan);
  else store.arrive(step.sent.type, frameOf(step.sent), step.sent.at, true);
}

function look(store: WindowStore, plan: WindowPlan, sent: Sent): void {
  for (const [number, { keys }] of plan.features.entries()) store.inspect(number, JSON.stringify(keys.map((each) => sent[each as Key])), sent.at);
}

/** All values for the event at hand, and for any entity. */
function compare(found: WindowStore, expected: WindowStore, plan: WindowPlan, sent: Sent): void {
  for (const [number, spec] of plan.features.entries()) {
    const key = JSON.stringify(spec.keys.map((each) => sent[each as Key]));
    if (plan.access.get(sent.type)?.some(({ log }) => plan.logs[log]?.features.includes(number))) {
      assert.deepEqual(found.read(number), expected.read(number), `${spec.identity} at ${sent.at}`);
      assert.deepEqual(found.quality(number), expected.quality(number), `how far ${spec.identity} is to be trusted`);
    }
    assert.deepEqual(found.inspect(number, key, sent.at - 7), expected.inspect(number, key, sent.at - 7));
    assert.deepEqual(found.qualityOf(number, key, sent.at), expected.qualityOf(number, key, sent.at));
  }
}

export function all(store: WindowStore): Uint8Array[] {
  const snapshot = store.snapshot();
  const pieces: Uint8Array[] = [];
  for (let piece = snapshot.next(1_000); piece !== null; piece = snapshot.next(1_000)) pieces.push(piece);
  return pieces;
}
