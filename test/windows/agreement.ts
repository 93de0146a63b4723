import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Missing } from "../../src/types/value.ts";
import type { Money, Value } from "../../src/types/value.ts";
import { LATENESS_MS } from "../../src/windows/spec.ts";
import type { Aggregate, Frame, WindowPlan, WindowSpec } from "../../src/windows/spec.ts";
import type { Quality } from "../../src/windows/spec.ts";
import type { WindowOptions, WindowStore } from "../../src/windows/store.ts";
import { meaning, NaiveWindows } from "./naive.ts";
import { near } from "./spilled.ts";
import type { Definition, Key, Sent } from "./naive.ts";

/* Definitions and events as the store wants them, random scenarios of both, and the comparison with the naive windows. */

type Slot = "card" | "shop" | "amount" | "paid" | "text" | "flag";
export const SLOTS: readonly Slot[] = ["card", "shop", "amount", "paid", "text", "flag"];

/** What a compiler would make of definitions whose fields stand in the order of `slots`. */
export function planOf(definitions: readonly Definition[], slots: readonly Slot[] = SLOTS): WindowPlan {
  const features = definitions.map((definition) => specOf(definition, slots));
  const ids = [...new Set(features.map((each) => JSON.stringify([each.source, each.keys])))];
  const logs = ids.map((id) => {
    const members = [...features.keys()].filter((number) => JSON.stringify([features[number]?.source, features[number]?.keys]) === id);
    const first = features[members[0] as number] as WindowSpec;
    return { source: first.source, keys: first.keys, features: members };
  });
  const entity = (keys: readonly string[]) => (frame: Frame): string | undefined => {
    const parts = keys.map((key) => frame[slots.indexOf(key as Slot)]);
    return parts.some((part) => part instanceof Missing) ? undefined : JSON.stringify(parts);
  };
  const access = ["payment", "login", "ping"].map((type) => {
    const list = logs.map((log, index) => ({ log: index, entity: entity(log.keys), records: log.source === type }));
    // A ping has no shop.
    return [type, list.filter(({ log }) => type !== "ping" || !logs[log]?.keys.includes("shop"))] as const;
  });
  return freeze({ features, logs, access: new Map(access) });
}

export function visible(definition: Definition, type: string): boolean {
  return type !== "ping" || !definition.keys.includes("shop");
}

function specOf(definition: Definition, slots: readonly Slot[]): WindowSpec {
  const { name, source, keys, aggregate, over, delay, excludingCurrent, flagged, field } = definition;
  const flag = slots.indexOf("flag");
  const slot = field === null ? -1 : slots.indexOf(field);
  const domain = field === null || aggregate === "count" || aggregate === "exists" ? "none" : field === "amount" ? "number" : field === "paid" ? "money" : "other";
  return {
    name, identity: meaning(definition), source, keys, aggregate, argument: definition.argument ?? null, over, delay, excludingCurrent, domain,
    ...(definition.lateness === undefined ? {} : { lateness: definition.lateness }),
    ...(field === null ? {} : { column: field }),
    where: flagged ? (frame) => frame[flag] === true : null,
    value: slot < 0 ? null : (frame) => frame[slot] as Value | Missing,
    key: (value) => (typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value)),
    compare: (a, b) => {
      if (field === "text") return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
      return field === "paid" ? (a as Money).minor - (b as Money).minor : (a as number) - (b as number);
    },
  };
}

export function frameOf(sent: Sent, slots: readonly Slot[] = SLOTS): Frame {
  return slots.map((slot) => sent[slot] ?? new Missing(`field ${slot}`));
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

interface Plan {
  readonly definitions: readonly Definition[];
  readonly slots: readonly Slot[];
}

type Step =
  | { readonly kind: "event"; readonly event: Omit<Sent, "at">; readonly move: number; readonly fold: boolean; readonly reads: readonly number[] }
  | { readonly kind: "inspect"; readonly feature: number; readonly card: string; readonly shop: string; readonly move: number }
  | { readonly kind: "adopt"; readonly plan: Plan };

interface Scenario {
  readonly first: Plan;
  readonly steps: readonly Step[];
}

const FOLDED: Readonly<Record<Aggregate, readonly Definition["field"][]>> = {
  count: [null, "amount"],
  exists: [null, "text"],
  last: [null, "amount", "paid", "text"],
  distinct: ["amount", "paid", "text"],
  sum: ["amount", "paid"],
  average: ["amount", "paid"],
  min: ["amount", "paid", "text"],
  max: ["amount", "paid", "text"],
  first: [null, "amount", "paid", "text"],
  change: ["amount", "paid"],
  stddev: ["amount", "paid"],
  percentile: ["amount", "paid"],
  rate: [null, "amount"],
};

/** Ranks that fall on a value, between two, and at either end. */
const PERCENTS = [0.1, 25, 34, 50, 51, 99.9, 100];

function definition({ unit, spread, lateness, over }: Regime): fc.Arbitrary<Definition> {
  return fc
    // A running sum has the most ways to go wrong.
    .constantFrom(...(Object.keys(FOLDED) as Aggregate[]), "sum" as const, "sum" as const)
    .chain((aggregate) =>
      fc.record({
        name: fc.constant(""),
        source: spread ? fc.constantFrom("payment", "payment", "login") : fc.constant("payment"),
        keys: spread ? fc.constantFrom<Key[]>(["card"], ["card"], ["card", "shop"], ["shop", "card"]) : fc.constant<Key[]>(["card"]),
        aggregate: fc.constant(aggregate),
        argument: aggregate === "percentile" ? fc.constantFrom(...PERCENTS) : fc.constant(null),
        over: fc.integer({ min: over?.[0] ?? 1, max: over?.[1] ?? 40 }).map((count) => count * unit),
        delay: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })).map((count) => count * unit),
        lateness: fc.oneof(fc.constant(LATENESS_MS), fc.integer({ min: lateness[0], max: lateness[1] }).map((count) => count * unit)),
        excludingCurrent: fc.boolean(),
        flagged: fc.boolean(),
        field: fc.constantFrom(...FOLDED[aggregate]),
      }),
    );
}

const AMOUNTS = [
  0, -0, 1, -1, 2, 7, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -1 - 2 ** 31, 0.1, 0.2, -0.3, 1e16, -1e16, 2 ** 53 - 1, 1 - 2 ** 53, 1e-300, 1e300, -1e300, 5e-324, -5e-324, 1e308,
];

function optional<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 6 });
}

const sentIn = ({ cards, dense }: Regime): fc.Arbitrary<Omit<Sent, "at">> => fc.record({
  type: fc.constantFrom("payment", "payment", "payment", ...(dense ? ["payment"] : ["login", "ping"])),
  card: optional(fc.constantFrom(...cards)),
  shop: optional(fc.constantFrom("a", "b")),
  amount: optional(dense ? fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -60, max: 60 }).map((n) => n / 7 + 0)) : fc.oneof(fc.integer({ min: -5, max: 5 }).map((n) => n + 0), fc.constantFrom(...AMOUNTS))),
  paid: optional(
    fc.record({
      minor: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: dense ? 1 : -5, max: dense ? 60 : 5 }).map((n) => n + 0) }, { weight: 1, arbitrary: fc.constant(0.5) }),
      currency: dense ? fc.constant("USD") : fc.constantFrom("USD", "USD", "USD", "USD", "USD", "USD", "EUR", ""),
    }, { noNullPrototype: true }),
  ),
  text: optional(fc.constantFrom("x", "y", "z")),
  flag: optional(fc.boolean()),
});

/** Scenarios over one pool of definitions, so that plans have much in common. Names differ within a plan. */
function scenario(regime: Regime): fc.Arbitrary<Scenario> {
  const { pool, length, least, cards, latest, expires = false } = regime;
  return fc.array(definition(regime), { minLength: least, maxLength: pool, size: "max" }).chain((definitions) => {
    const names = fc.array(fc.constantFrom("f", "g"), { minLength: pool, maxLength: pool });
    const plan = fc
      .tuple(expires ? fc.constant(definitions) : fc.array(fc.constantFrom(...definitions), { minLength: least, maxLength: pool, size: "max" }), names, fc.shuffledSubarray([...SLOTS], { minLength: 6 }))
      .map(([chosen, prefixes, slots]) => ({
        definitions: chosen.map((each, index) => ({ ...each, name: `${prefixes[index]}${index}` })),
        slots,
      }));
    const move = latest === undefined
      ? fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 6 }) }, { weight: 1, arbitrary: fc.integer({ min: -30, max: 30 }) })
      : fc.oneof({ weight: 300, arbitrary: fc.integer({ min: 0, max: 12 }) }, { weight: 1, arbitrary: fc.integer({ min: -latest, max: 0 }) });
    const steps = fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({
          kind: fc.constant("event" as const), event: sentIn(regime), move, fold: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
          reads: fc.oneof(fc.constant([...Array.from({ length: pool }).keys()]), fc.array(fc.nat(pool - 1), { maxLength: 3 })),
        }),
      },
      { weight: latest === undefined ? 1 : 6, arbitrary: fc.record({ kind: fc.constant("inspect" as const), feature: fc.nat(pool - 1), card: fc.constantFrom(...cards), shop: fc.constantFrom("a", "b"), move: latest === undefined ? move : fc.integer({ min: -latest, max: 0 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("adopt" as const), plan }) },
    );
    return fc.record({ first: plan, steps: fc.array(steps, { minLength: 1, maxLength: length, size: "max" }) });
  });
}

/** Throws unless both are the same to the bit or, where the naive windows allow for rounding, no further apart than that. */
function same(found: Value | Missing, expected: Value | Missing, slack: number, what: string): void {
  const [a, b] = [plain(found), plain(expected)];
  if (slack > 0 && typeof a === "number" && typeof b === "number" && Math.abs(a - b) <= slack) return;
  assert.deepEqual(found, expected, what);
}

function plain(value: Value | Missing): unknown {
  return typeof value === "object" && value !== null && "minor" in value ? value.minor : value;
}

/** A value that calls itself whole is what it would be if nothing had ever been let go of. */
function honest(found: Value | Missing, quality: Quality, expected: Value | Missing, slack: number, what: string): void {
  if (quality.coverage === 1 && !quality.late && !quality.evicted && !quality.approx) same(found, expected, slack, what);
}

/** Runs a scenario on both and throws at the first value that differs. */
function compare(store: WindowStore, { first, steps }: Scenario, { unit, forgets, most, exact, expires = false }: Regime): void {
  const naive = new NaiveWindows({ forgets, ...(most === undefined ? {} : { most }) });
  let plan = first;
  let clock = 1_000 * unit;
  const adopt = (next: Plan): void => {
    plan = next;
    assert.deepEqual(store.adopt(planOf(plan.definitions, plan.slots)), naive.adopt(plan.definitions));
  };
  adopt(first);
  for (const step of steps) {
    if (step.kind === "adopt") {
      adopt(step.plan);
      continue;
    }
    const at = clock + step.move * unit;
    const count = plan.definitions.length;
    if (step.kind === "inspect") {
      const index = step.feature % count;
      const definition = plan.definitions[index] as Definition;
      const entity = JSON.stringify(definition.keys.map((key) => step[key]));
      if (expires) {
        honest(store.inspect(index, entity, at), store.qualityOf(index, entity, at), naive.inspect(index, step, at), naive.slack, meaning(definition));
        continue;
      }
      if (!store.qualityOf(index, entity, at).approx) same(store.inspect(index, entity, at), naive.inspect(index, step, at), naive.slack, meaning(definition));
      assert.deepEqual({ ...store.qualityOf(index, entity, at), approx: false }, naive.qualityOf(index, step, at), meaning(definition));
      continue;
    }
    clock = Math.max(clock, at);
    const event = { ...step.event, at };
    store.arrive(event.type, frameOf(event, plan.slots), at, step.fold);
    naive.arrive(event, step.fold);
    for (const each of step.reads) {
      const index = each % count;
      const definition = plan.definitions[index] as Definition;
      if (!visible(definition, event.type)) continue;
      const what = `${definition.name} ${meaning(definition)} at ${at}`;
      const found = store.read(index);
      const quality = store.quality(index);
      if (expires) {
        honest(found, quality, naive.read(index), naive.slack, what);
        // Whoever keeps up with the others never notices.
        if (at >= clock - (definition.lateness ?? LATENESS_MS)) assert.deepEqual(quality, naive.quality(index), what);
        continue;
      }
      assert.deepEqual({ ...quality, approx: false }, naive.quality(index), what);
      if (exact !== undefined && quality.approx) near(found, definition, naive.history(index), at, exact);
      else same(found, naive.read(index), naive.slack, what);
      assert.ok(exact !== undefined || !quality.approx, what);
    }
  }
}

export const HOUR = 3_600_000;

/** Cursors for nearly every entity, where random scenarios are short. */
export const CURSORS: WindowOptions = { scanned: 1 };

/** The conditions under which random scenarios are drawn. */
export interface Regime {
  readonly title: string;
  /** Milliseconds of one step of time; windows are up to 40 of them, events up to 30 of them late unless given. */
  readonly unit: number;
  /** Definitions a plan chooses from and has: at least `least`, at most `pool`. */
  readonly pool: number;
  readonly least: number;
  /** Over several sources and keys, or all over one log. */
  readonly spread: boolean;
  /** At most this many steps. */
  readonly length: number;
  /** How late events may come, in steps of time; the five minutes of the default are drawn too. */
  readonly lateness: readonly [least: number, most: number];
  readonly cards: readonly string[];
  /** Where it is given, nearly all events come in order, the others up to so many steps late, and questions go back as far. */
  readonly latest?: number;
  /** Entities that a log may have. */
  readonly most?: number;
  /** Length of windows in steps of time, 1 to 40 unless given. */
  readonly over?: readonly [least: number, most: number];
  /** Events of one type and amounts of one currency. */
  readonly dense?: boolean;
  /** Whether entities are let go of on the way: plans keep all features, so that their clock goes on. */
  readonly expires?: boolean;
  /** Events of a key and window that are kept one by one, where there may be more. */
  readonly exact?: number;
  /** Whether to compare with windows that forget as documented, or with such as never forget. */
  readonly forgets: boolean;
  readonly runs: number;
}

const CARDS = ["a", "a", "b"];
/** Events come at most 30 steps late, so that none is later than this allows. */
const ALL = [30, 60] as const;

export const REGIMES = {
  late: { title: "late within what is kept: equal to keeping everything", unit: 1, pool: 8, least: 1, spread: true, length: 80, lateness: ALL, cards: CARDS, forgets: false, runs: 400 },
  busy: {
    title: "entities of many events: equal to keeping everything", unit: 1, pool: 6, least: 1, spread: false, length: 200, lateness: ALL, cards: ["a", "a", "b"],
    over: [20, 90], dense: true, forgets: false, runs: 60,
  },
  tooLate: {
    title: "late beyond what is kept: equal to forgetting as documented", unit: 3 * HOUR, pool: 6, least: 1, spread: true, length: 60, lateness: [0, 20], cards: CARDS,
    forgets: true, runs: 300,
  },
  crowded: {
    title: "more entities than may be: the one met least recently gives way", unit: 1, pool: 6, least: 1, spread: true, length: 60, lateness: ALL,
    cards: ["a", "a", "b", "c", "d", "e"], most: 3, forgets: true, runs: 300,
  },
  panes: {
    title: "more events than are kept one by one: exact but for the ends of the window, and said", unit: 1_000, pool: 8, least: 4, spread: false, length: 150, lateness: ALL,
    cards: ["a", "a", "a", "b"], over: [60, 480], dense: true, exact: 4, forgets: true, runs: 150,
  },
  silent: {
    title: "entities that fell silent are let go of: a value that calls itself whole is whole", unit: 60_000, pool: 4, least: 1, spread: false, length: 400, lateness: [0, 30],
    cards: Array.from({ length: 40 }, (_, number) => `c${number}`), over: [60, 200], latest: 1_500, dense: true, expires: true, forgets: false, runs: 60,
  },
  masks: { title: "more measures than one mask holds", unit: 1, pool: 80, least: 40, spread: false, length: 30, lateness: ALL, cards: CARDS, forgets: false, runs: 40 },
} as const satisfies Record<string, Regime>;

/** Checks random scenarios in a regime; throws with the seed and the smallest scenario found that differs. */
export function agree(create: (options: WindowOptions) => WindowStore, regime: Regime, options: fc.Parameters<[Scenario]>): void {
  fc.assert(
    fc.property(scenario(regime), (random) => compare(create(optionsOf(regime)), random, regime)),
    options,
  );
}

/** Few distinct values are told apart where few events are. */
function optionsOf({ most, exact }: Regime): WindowOptions {
  return { ...(most === undefined ? {} : { maxKeys: most }), ...(exact === undefined ? {} : { exact, exactDistinct: exact }) };
}
