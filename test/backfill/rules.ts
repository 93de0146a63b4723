import { printTimestamp } from "../../src/types/time.ts";
import { type Rng, rngOf } from "../random.ts";
import { NOW } from "./world.ts";

const EVENTS = `
event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  shop: string @key
  amount: number
  paid: money
  note: string?
}
event login { id: string @id at: timestamp @time card: string @key ok: bool }
list odd: string = ["s1", "s3", "s5"]
`;

const RULESET = `
ruleset cards on payment {
  outcomes allow < decline
  rule often { when seen > 1000000 then decline }
}
`;

export const FIRST = `${EVENTS}feature seen = count of payment by card over 1h\n${RULESET}`;

const MORE = `
feature week = count of payment by card over 7d
feature total = sum of payment.paid by card over 7d where amount > 2
feature mean = average of payment.amount by card over 3h excluding current
feature spread = stddev of payment.amount by card over 1d
feature most = max of payment.amount by card over 2h ending 5m ago
feature shops = distinct of payment.shop by card over 1d where shop in odd
feature said = last of payment.note by card over 7d excluding current
feature peak = percentile(90) of payment.amount by card over 6h
feature everyone = sum of payment.amount by shop over 30m
feature failed = count of login by card over 1d where not ok
`;

export const SECOND = `${EVENTS}feature seen = count of payment by card over 1h${MORE}${RULESET}`;
export const STARTED = [...MORE.matchAll(/feature (\w+)/g)].map(([, name]) => name as string);

export interface Sent {
  readonly type: "payment" | "login";
  readonly event: Readonly<Record<string, unknown>>;
}

/** Events of many cards: late and very late ones, ones of equal time, values that are given or not. */
export class Stream {
  readonly #rng: Rng;
  readonly #cards: number;
  readonly #logins: number;
  #time = NOW - 4 * 86_400_000;
  #count = 0;

  /** @param logins their share; some of them no feature counts */
  constructor(seed: number, cards = 40, logins = 0.2) {
    this.#rng = rngOf(seed);
    this.#cards = cards;
    this.#logins = logins;
  }

  next(): Sent {
    const rng = this.#rng;
    this.#count += 1;
    if (rng.chance(0.85)) this.#time += rng.below(60_000);
    const late = rng.chance(0.1) ? rng.below(600_000) : rng.chance(0.03) ? rng.below(10_000_000) : 0;
    const common = { id: `e${this.#count}`, at: printTimestamp(this.#time - late), card: `c${rng.below(this.#cards)}` };
    if (rng.chance(this.#logins)) return { type: "login", event: { ...common, ok: rng.chance(0.5) } };
    return {
      type: "payment",
      event: {
        ...common,
        shop: `s${rng.below(9)}`,
        amount: rng.chance(0.1) ? rng.next() * 1e9 : rng.below(100) / 8,
        paid: { amount: String(rng.below(100_000) / 100), currency: "EUR" },
        ...(rng.chance(0.5) ? { note: `n${rng.below(50)} \u{1F600}` } : {}),
      },
    };
  }
}
