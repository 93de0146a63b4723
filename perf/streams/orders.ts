import { random, type Random } from "../../src/simulate/random.ts";

/** A line to be posted. */
export interface Posted {
  readonly type: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** On average between two events of all accounts. */
const STEP_MS = 1_200;
const ACCOUNTS = 20_000;
const COUNTRIES = ["DE", "FR", "NL", "PL", "ES", "IT", "SE"];
const DOMAINS = ["post.example", "letters.example", "office.example", "mail.example", "drop.example"];
const CARRIERS = ["north", "south", "express"];
const METHODS = ["card", "transfer", "wallet"];
const CAUSES = ["damaged", "unwanted", "missing_items"];

interface Order {
  readonly order: string;
  readonly amount: number;
}

interface Account {
  readonly account: string;
  readonly country: string;
  /** Cents that it usually spends. */
  readonly usual: number;
  version: number;
  /** Orders by what comes next. */
  readonly placed: Order[];
  readonly paid: Order[];
  readonly shipped: Order[];
}

const euros = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")} EUR`;

/** The life of orders without end: placed, paid, shipped, now and then returned, and a few where something is wrong. */
export function* orders(seed: string, start: number): Generator<Posted> {
  const chance = random(seed, "orders");
  const accounts: Account[] = [];
  let at = start;
  let number = 0;
  let busy: Account | null = null;
  for (;;) {
    at += 1 + chance.int(0, 2 * STEP_MS);
    number++;
    const stamp = { id: `e${number.toString(36)}`, at: new Date(at).toISOString() };
    if (accounts.length < ACCOUNTS && (accounts.length < 100 || chance.chance(0.05))) {
      const account: Account = { account: `a${number.toString(36)}`, country: chance.pick(COUNTRIES), usual: Math.round(chance.logNormal(8.6, 0.7)), version: 1, placed: [], paid: [], shipped: [] };
      accounts.push(account);
      yield { type: "account_opened", event: { ...stamp, account: account.account, version: 1, country: account.country, email_domain: chance.pick(DOMAINS) } };
      continue;
    }
    // One account in a while does many things in a row.
    if (busy !== null && chance.chance(0.1)) busy = null;
    else if (busy === null && chance.chance(0.002)) busy = chance.pick(accounts);
    const account = busy !== null && chance.chance(0.5) ? busy : chance.pick(accounts);
    account.version++;
    yield step(chance, account, { ...stamp, account: account.account, version: account.version }, number, account === busy);
  }
}

function step(chance: Random, account: Account, head: Readonly<Record<string, unknown>>, number: number, busy: boolean): Posted {
  const next = (list: Order[]): Order | undefined => (chance.chance(0.7) ? list.shift() : undefined);
  const paying = next(account.placed);
  if (paying !== undefined) {
    account.paid.push(paying);
    const amount = chance.chance(0.01) ? paying.amount - 1 : chance.chance(0.005) ? paying.amount + 1_000 : paying.amount;
    return { type: "order_paid", event: { ...head, order: paying.order, amount: euros(amount), method: chance.pick(METHODS) } };
  }
  const shipping = next(account.paid);
  if (shipping !== undefined) {
    if (!chance.chance(0.01)) account.shipped.push(shipping);
    else account.paid.push(shipping);
    return { type: "order_shipped", event: { ...head, order: shipping.order, carrier: chance.pick(CARRIERS) } };
  }
  const returned = chance.chance(busy ? 0.5 : 0.1) ? account.shipped.shift() : undefined;
  if (returned !== undefined) {
    return { type: "order_returned", event: { ...head, order: returned.order, amount: euros(returned.amount), cause: chance.pick(CAUSES) } };
  }
  account.shipped.splice(0, account.shipped.length - 2);
  const order: Order = { order: `o${number.toString(36)}`, amount: Math.max(100, Math.round(account.usual * chance.logNormal(0, busy ? 1.2 : 0.4))) };
  account.placed.push(order);
  const version = chance.chance(0.002) ? 1 : account.version;
  return { type: "order_placed", event: { ...head, version, order: order.order, amount: euros(order.amount), items: chance.int(1, 6), ship_to: busy ? chance.pick(COUNTRIES) : account.country } };
}
