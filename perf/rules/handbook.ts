import type { Rng } from "../../test/random.ts";

/** A rule over the Handbook's transactions, and the same by hand over `Facts`. */
export interface HandbookRule {
  readonly name: string;
  readonly when: string;
  readonly hand: string;
}

/** What the ten features of `test/handbook/rules` come to, computed by hand. Amounts are cents. */
export interface Facts {
  readonly amount: number;
  readonly customer: number;
  readonly terminal: number;
  readonly hour: number;
  readonly hour1: number;
  readonly day1: number;
  readonly day7: number;
  readonly day30: number;
  readonly spent: number;
  readonly terminals: number;
  readonly seen: number;
  readonly frauds: number;
  /** Cents; NaN where there is nothing to average. */
  readonly mean: number;
  readonly previous: number;
}

type Template = (r: Rng) => readonly [when: string, hand: string];

const usd = (r: Rng, least: number, most: number): number => least + r.below(most - least);
const ids = (r: Rng, below: number): readonly number[] => Array.from({ length: 3 + r.below(20) }, () => r.below(below));

/** What rules of fraud teams ask of such events: amounts, velocities, habits, places, people, hours, and all of it together. */
const TEMPLATES: readonly Template[] = [
  (r) => {
    const [amount, count] = [usd(r, 80, 210), 2 + r.below(4)];
    return [`amount > ${amount} USD and customer_1h >= ${count}`, `f.amount > ${amount * 100} && f.hour1 >= ${count}`];
  },
  (r) => {
    const [spent, count] = [usd(r, 300, 900), 6 + r.below(6)];
    return [`spend_1d > ${spent} USD and terminals_1d >= ${count}`, `f.spent > ${spent * 100} && f.terminals >= ${count}`];
  },
  (r) => {
    const [times, count] = [2 + r.below(12) / 2, 3 + r.below(20)];
    return [`amount > ${times} * mean_30d and previous_30d >= ${count}`, `f.amount > ${times} * f.mean && f.previous >= ${count}`];
  },
  (r) => {
    const [frauds, amount] = [1 + r.below(5), usd(r, 60, 200)];
    return [`terminal_frauds_7d >= ${frauds} and amount > ${amount} USD`, `f.frauds >= ${frauds} && f.amount > ${amount * 100}`];
  },
  (r) => {
    const [list, amount] = [ids(r, 5_000), usd(r, 20, 150)];
    return [`customer in [${list.join(", ")}] and amount > ${amount} USD`, `[${list.join(", ")}].includes(f.customer) && f.amount > ${amount * 100}`];
  },
  (r) => {
    const [list, amount] = [ids(r, 10_000), usd(r, 20, 150)];
    return [`terminal in [${list.join(", ")}] and amount > ${amount} USD`, `[${list.join(", ")}].includes(f.terminal) && f.amount > ${amount * 100}`];
  },
  (r) => {
    const [hour, amount] = [1 + r.below(6), usd(r, 100, 210)];
    return [`at.getHours() < ${hour} and amount > ${amount} USD`, `f.hour < ${hour} && f.amount > ${amount * 100}`];
  },
  (r) => {
    const [low, wide, count] = [usd(r, 1, 160), usd(r, 2, 20), 20 + r.below(20)];
    return [`amount >= ${low} USD and amount < ${low + wide} USD and customer_7d > ${count}`, `f.amount >= ${low * 100} && f.amount < ${(low + wide) * 100} && f.day7 > ${count}`];
  },
  (r) => {
    const [week, month] = [30 + r.below(20), 100 + r.below(60)];
    return [`customer_7d > ${week} or customer_30d > ${month}`, `f.day7 > ${week} || f.day30 > ${month}`];
  },
  (r) => {
    const [day, spent] = [5 + r.below(9), usd(r, 300, 900)];
    return [`customer_1d > ${day} and not (spend_1d < ${spent} USD)`, `f.day1 > ${day} && !(f.spent < ${spent * 100})`];
  },
  (r) => {
    const [seen, share] = [5 + r.below(20), 5 + r.below(60)];
    return [`terminal_7d >= ${seen} and terminal_frauds_7d * 100 > ${share} * terminal_7d`, `f.seen >= ${seen} && f.frauds * 100 > ${share} * f.seen`];
  },
  (r) => {
    const [times, amount] = [6 + r.below(8), usd(r, 60, 160)];
    return [`spend_1d > ${times} * mean_30d and amount > ${amount} USD and terminals_1d > 1`, `f.spent > ${times} * f.mean && f.amount > ${amount * 100} && f.terminals > 1`];
  },
];

/** Templates in turn, so that each occurs about as often as any other. */
export function handbookRules(r: Rng, count: number): readonly HandbookRule[] {
  return Array.from({ length: count }, (_, i) => {
    const [when, hand] = (TEMPLATES[i % TEMPLATES.length] as Template)(r);
    return { name: `made${i}`, when, hand };
  });
}
