import { type Variant } from "./rules.ts";

/*
 * What the rules of `rules.ts` come to for one card, in plain loops over all of its events. It knows nothing of the
 * service, of kills or of retries: it sees every event of the card once, in order.
 */

export interface Payment {
  readonly id: string;
  readonly card: string;
  /** Milliseconds since 1970; grows from one event of a card to the next. */
  readonly at: number;
  readonly amount: number;
}

export interface Expected {
  readonly outcome: string;
  /** Rule and the text of its reason. */
  readonly hits: readonly (readonly [id: string, text: string])[];
}

const MINUTE = 60_000;

export class Card {
  readonly events: Payment[] = [];
  /** Whether it stands in the list `watched`. */
  watched = false;
  #cooled = Number.NEGATIVE_INFINITY;
  #latched = false;

  /** The next event of the card. */
  take(event: Payment, variant: Pick<Variant, "more">): Expected {
    this.events.push(event);
    const { amount, at } = event;
    const hits: [string, string][] = [["told", `${this.count()} ${this.sum()} ${this.hour()}`]];
    if (amount > 900) hits.push(["big", "big"]);
    if (this.watched) hits.push(["known", "watched"]);
    if (amount > 500 && at >= this.#cooled + 10 * MINUTE) {
      hits.push(["first", "first"]);
      this.#cooled = at;
    }
    if (this.#lasting((each) => each.amount > 200, 3 * MINUTE)) hits.push(["held", "held"]);
    this.#latched = !this.#lasting((each) => each.amount < 100, MINUTE) && (this.#latched || this.#lasting((each) => each.amount > 700, 2 * MINUTE));
    if (this.#latched) hits.push(["latched", "latched"]);
    if (variant.more) hits.push(["week", `${this.#within(7 * 24 * 60).length} ${this.top()}`]);
    const outcome = this.watched ? "decline" : hits.some(([id]) => ["big", "first", "held", "latched"].includes(id)) ? "review" : "allow";
    if (amount > 900) this.watched = true;
    return { outcome, hits };
  }

  count(): number {
    return this.#within(30 * 24 * 60).length;
  }

  sum(): number {
    return this.#within(30 * 24 * 60).reduce((sum, { amount }) => sum + amount, 0);
  }

  hour(): number {
    return this.#within(60).length;
  }

  top(): number {
    return Math.max(...this.#within(7 * 24 * 60).map(({ amount }) => amount));
  }

  #within(minutes: number): Payment[] {
    const newest = this.events.at(-1)?.at ?? 0;
    return this.events.filter(({ at }) => at > newest - minutes * MINUTE);
  }

  /** Whether something has been true up to the newest event without a break, from an event at least so long before it. */
  #lasting(holds: (event: Payment) => boolean, durationMs: number): boolean {
    const newest = this.events.at(-1);
    if (newest === undefined) return false;
    let first: Payment | null = null;
    for (const event of this.events.toReversed()) {
      if (!holds(event)) break;
      first = event;
    }
    return first !== null && newest.at - first.at >= durationMs;
  }
}
