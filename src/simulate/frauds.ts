import { attackAddress } from "./network.ts";
import type { Random } from "./random.ts";
import { DAY, HOUR, MINUTE, SECOND } from "./rhythm.ts";
import { type Customer, habit, type Market, type Payment, SPAN_DAYS } from "./shoppers.ts";

/** A fraud that goes on: what it adds to a day, and what it makes of honest payments. */
export interface Fraud {
  /** Labelled payments still to come. */
  owed(today: number): number;
  /** Payments that the fraudster makes on the day that starts at `dawn`. */
  adds(dawn: number): Payment[];
  /** Marks, and may change, a payment of somebody else. */
  touches(payment: Payment): void;
  /** When it is over. */
  readonly until: number;
}

/** Starts a fraud of one kind. `labelled` payments per terminal or customer are what the market yields on average. */
export type Start = (chance: Random, place: Market, dawn: number) => Fraud;

/** A fraud that happens within one day. */
function raid(dawn: number, payments: readonly Payment[]): Fraud {
  return {
    owed: (today) => (today <= dawn ? payments.length : 0),
    adds: (today) => (today === dawn ? [...payments] : []),
    touches: () => {},
    until: dawn + DAY,
  };
}

function webPayment(chance: Random, who: Customer, at: number, rest: Partial<Payment> & Pick<Payment, "cents" | "terminal" | "pattern">): Payment {
  return {
    at,
    customer: who.id,
    card: who.card,
    cardCountry: who.country,
    channel: "ecom",
    ip: attackAddress(chance),
    email: null,
    threeds: false,
    ...rest,
  };
}

/** Tiny payments at one web shop from one address, three to five for each of a few stolen cards, within minutes. */
const cardTesting: Start = (chance, place, dawn) => {
  const terminal = chance.pick(place.webShops);
  const ip = attackAddress(chance);
  const victims = Array.from({ length: chance.int(4, 6) }, () => chance.pick(place.customers));
  let at = dawn + chance.int(0, 23) * HOUR + chance.int(0, 30) * MINUTE;
  const payments = victims.flatMap((who) =>
    Array.from({ length: chance.int(3, 5) }, () => {
      at += chance.int(5, 25) * SECOND;
      return webPayment(chance, who, at, { cents: chance.int(50, 499), terminal, ip, pattern: "card_testing" });
    }),
  );
  return raid(dawn, payments);
};

const LEAKING_DAYS = 28;
/** Share of payments at a leaking terminal that turn out to be frauds. */
const LEAKING_SHARE = 0.5;

/** A terminal leaks for 28 days: half of its payments are frauds, with nothing else to tell them by. */
const compromisedTerminal: Start = (chance, place, dawn) => {
  const { id } = chance.pick(place.shops);
  const until = dawn + LEAKING_DAYS * DAY;
  const perDay = (place.customers.length / place.shops.length) * LEAKING_SHARE;
  return {
    owed: (today) => Math.max(0, (until - today) / DAY) * perDay,
    adds: () => [],
    touches: (payment) => {
      if (payment.terminal.id !== id || payment.at >= until || payment.pattern !== null) return;
      if (chance.chance(LEAKING_SHARE)) payment.pattern = "compromised_terminal";
    },
    until,
  };
};

const LEAKED_DAYS = 14;

/** A card is known to a thief for 14 days: a third of its payments are his, five times the habit. */
const leakedCard: Start = (chance, place, dawn) => {
  const { card, pace } = chance.pick(place.customers);
  const until = dawn + LEAKED_DAYS * DAY;
  return {
    owed: (today) => (Math.max(0, (until - today) / DAY) * pace) / 3,
    adds: () => [],
    touches: (payment) => {
      if (payment.card !== card || payment.at >= until || payment.pattern !== null || !chance.chance(1 / 3)) return;
      payment.cents *= 5;
      payment.pattern = "leaked_card";
    },
    until,
  };
};

/** Somebody is in the customer's account: another mail address, risky merchants abroad, larger amounts, in a hurry. */
const accountTakeover: Start = (chance, place, dawn) => {
  const who = chance.pick(place.customers);
  const email = `${who.id.replace("-", "")}.${chance.int(10, 99)}@quick.example`;
  const ip = attackAddress(chance);
  let at = dawn + chance.int(0, 22) * HOUR;
  const payments = Array.from({ length: chance.int(4, 8) }, () => {
    at += chance.int(1, 8) * MINUTE;
    const cents = Math.max(6_000, 3 * habit(chance, who));
    return webPayment(chance, who, at, { cents, terminal: chance.pick(place.fences), ip, email, pattern: "account_takeover" });
  });
  return raid(dawn, payments);
};

/** Services that the shipped list of throw-away mail knows, and one that it does not. */
const THROW_AWAY: readonly string[] = ["mailinator.com", "yopmail.com", "guerrillamail.com", "trashmail.com", "gone.example"];

/** A customer nobody has seen before, with a throw-away mail address, buys a few things. */
const disposableMail: Start = (chance, place, dawn) => {
  const tag = `${dawn / DAY}-${chance.int(1_000, 9_999)}`;
  const who = { ...chance.pick(place.customers), id: `n-${tag}`, card: `card-n-${tag}` };
  const email = `x${chance.int(100_000, 999_999)}@${chance.pick(THROW_AWAY)}`;
  const ip = attackAddress(chance);
  let at = dawn + chance.int(8, 20) * HOUR;
  const payments = Array.from({ length: chance.int(2, 4) }, () => {
    at += chance.int(2, 30) * MINUTE;
    return webPayment(chance, who, at, { cents: chance.int(4_000, 30_000), terminal: chance.pick(place.webShops), ip, email, pattern: "disposable_mail" });
  });
  return raid(dawn, payments);
};

/** In the order they are started: the slowest first. */
export const frauds: readonly Start[] = [compromisedTerminal, leakedCard, cardTesting, accountTakeover, disposableMail];

/** Days of payments that frauds are planned ahead: what the slow ones owe on average when the stream ends. */
export const HORIZON_DAYS = Math.round(SPAN_DAYS / 8);
