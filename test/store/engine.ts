import assert from "node:assert/strict";
import type { Program } from "../../src/compile/program.ts";
import { Desk } from "../../src/engine/desk.ts";
import { KnownIds } from "../../src/engine/known.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { type Recovered, recoverFrom } from "../../src/engine/recovery.ts";
import { RETRY_WINDOW_MS } from "../../src/engine/retries.ts";
import { Snapshotter } from "../../src/engine/snapshotter.ts";
import { RuleStates } from "../../src/engine/states.ts";
import { idHash, typeSeed } from "../../src/store/idhash.ts";
import type { StateChange } from "../../src/store/record.ts";
import type { Store } from "../../src/store/store.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { compile } from "../oracle/pipeline.ts";
import type { Rng } from "../random.ts";

export const NOW = Date.UTC(2026, 10, 21, 12);

/** Rules with everything that has state: windows of all sorts, held conditions, cooldowns, managed lists, ids. */
export const EVENTS = `
event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  shop: string? @key
  amount: number
  sum: money[USD]
  ip: ip
  country: string?
}
event login {
  id: number @id
  at: timestamp @time
  card: string @key
  ok: bool
}
list watched: string managed ttl 1h
list named: string managed
`;

export const FEATURES = [
  "feature tx = count of payment by card over 1h",
  "feature spent = sum of payment.sum by card over 1d",
  "feature lands = distinct of payment.country by card over 6h",
  "feature ips = distinct of payment.ip by card over 6h",
  "feature mean = average of payment.amount by card over 2h",
  "feature spread = stddev of payment.amount by card over 2h excluding current",
  "feature top = max of payment.amount by shop over 12h",
  "feature high = percentile(90) of payment.amount by shop over 12h",
  "feature before = last of payment.amount by card over 1d",
  "feature failures = count of login by card over 1h where not login.ok",
];

const RULESETS = `
ruleset pay on payment {
  outcomes allow < review < decline
  rule big { when amount > 90 then review cooldown 10m by card do add card to watched do add card to named }
  rule calm { when amount < 20 do remove card from named }
  rule long { when amount > 10 for 5m by card then review clear when amount < 5 }
  rule often { when tx > 3 then decline }
  rule shops { when amount > 30 for 2m by shop, card then review }
}
ruleset auth on login {
  outcomes allow < deny
  rule guessing { when failures > 3 then deny cooldown 5m }
}
`;

export const RULES = EVENTS + FEATURES.join("\n") + RULESETS;

export const rulesWith = (features: readonly string[]): string => EVENTS + features.join("\n") + RULESETS;

/** An engine as the service puts it together, over a store or over nothing. */
export class Engine {
  readonly program: Program;
  readonly windows = new WindowStore();
  readonly lists: ManagedLists;
  readonly states = new RuleStates(this.windows);
  readonly ids = new KnownIds(RETRY_WINDOW_MS);
  readonly desk: Desk;
  readonly clock = { now: (): number => this.now };
  now = NOW;

  constructor(store: Store, rules = RULES) {
    this.program = compile(rules);
    this.windows.adopt(this.program.windows);
    this.lists = new ManagedLists(this.clock);
    const { windows, lists, states, ids, clock } = this;
    this.desk = new Desk({ active: () => this.program, windows, lists, states, clock, log: { journal: store, ids, find: (type, id) => store.event(type, id) } });
  }

  recover(store: Store): Promise<Recovered> {
    return recoverFrom(store.reader, this.program, this, { clock: this.clock });
  }

  snapshotter(store: Store): Snapshotter {
    const { windows, ids, clock } = this;
    return new Snapshotter({ store, windows, ids, clock, active: () => this.program, records: 1 }, null);
  }

  /** One random event: late, early, of few entities, with values missing; its id may be one that was there before. */
  async feed(rng: Rng, n: number): Promise<void> {
    this.now += rng.below(20_000);
    const at = new Date(this.now - (rng.chance(0.2) ? rng.below(900_000) : 0)).toISOString();
    const card = `c${rng.below(12)}`;
    const number = rng.chance(0.05) ? rng.below(n + 1) : n;
    const login = { type: "login", event: { id: number, at, card, ok: rng.chance(0.5) } };
    const payment = {
      type: "payment",
      event: {
        id: `p${number}`,
        at,
        card,
        amount: rng.below(1_000) / 10,
        sum: `${rng.below(500)}.${10 + rng.below(90)} USD`,
        ip: `10.0.${rng.below(3)}.${rng.below(9)}`,
        ...(rng.chance(0.7) ? { shop: `s${rng.below(4)}` } : {}),
        ...(rng.chance(0.7) ? { country: rng.pick(["DE", "FR", "日本"]) } : {}),
      },
    };
    const request = { ...(rng.chance(0.25) ? login : payment), explain: false, version: null };
    const observed = rng.chance(0.1);
    await this.desk.recall(request);
    const answer = observed ? this.desk.observe(request) : this.desk.decide(request);
    if (answer.kind === "refused") assert.equal(answer.refusal.code, "id_conflict");
  }

  /** Everything that can be asked of it, for comparing. */
  picture(store: Store, events: number): object {
    const { features } = this.program.windows;
    const at = this.now;
    const keys = [...Array.from({ length: 12 }, (_, n) => `c${n}`), ...Array.from({ length: 4 }, (_, n) => `s${n}`)];
    const values = features.map(({ name }, number) => [name, keys.map((key) => [this.windows.inspect(number, key, at), this.windows.qualityOf(number, key, at)])]);
    const hash = (type: string, id: string): boolean => this.ids.has(idHash(id, typeSeed(type, store.seed)));
    return {
      values,
      states: [...this.states.all()].toSorted(byName),
      lists: ["watched", "named"].map((list) => this.lists.entries(list)),
      ids: Array.from({ length: events + 50 }, (_, n) => [hash("payment", `p${n}`), hash("login", String(n))]),
      lostUntil: this.ids.lostUntil,
    };
  }
}

function byName(a: StateChange, b: StateChange): number {
  const name = ({ kind, state, entity }: StateChange): string => JSON.stringify([kind, state, entity]);
  return name(a) < name(b) ? -1 : 1;
}
