import { homeAddress } from "./network.ts";
import { FAR_COUNTRIES, HOME_COUNTRIES } from "./places.ts";
import type { Random } from "./random.ts";
import { moment, SHOP_HOURS, WEB_HOURS, weekday } from "./rhythm.ts";

/** Where cards are used. */
export interface Terminal {
  readonly id: string;
  readonly mcc: string;
  readonly country: string;
  readonly web: boolean;
}

/** A customer with habits. */
export interface Customer {
  readonly id: string;
  readonly card: string;
  readonly email: string;
  readonly ip: string;
  readonly country: string;
  /** Mean of the logarithm of amounts in euro. */
  readonly level: number;
  /** Payments a day. */
  readonly pace: number;
  /** Share of payments over the network. */
  readonly webShare: number;
  /** Share of those with 3-D Secure. */
  readonly secureShare: number;
  readonly shops: readonly Terminal[];
  readonly webShops: readonly Terminal[];
}

export interface Market {
  readonly customers: readonly Customer[];
  readonly shops: readonly Terminal[];
  readonly webShops: readonly Terminal[];
  /** Web shops abroad that sell what is easily turned into money. */
  readonly fences: readonly Terminal[];
}

/** One payment before it has its number. */
export interface Payment {
  at: number;
  cents: number;
  readonly customer: string;
  readonly card: string;
  readonly cardCountry: string;
  readonly terminal: Terminal;
  readonly channel: "pos" | "ecom" | "moto";
  readonly ip: string | null;
  readonly email: string | null;
  readonly threeds: boolean;
  pattern: string | null;
}

const SHOP_MCC: readonly string[] = ["5411", "5411", "5411", "5541", "5812", "5814", "5912", "5311", "5651", "7230"];
const WEB_MCC: readonly string[] = ["5732", "5651", "5942", "5815", "5999", "4121", "7922", "5947"];
const FENCE_MCC: readonly string[] = ["4829", "6051", "5947", "7995"];
const MAIL_SERVICES: readonly string[] = ["mail.example", "post.example", "web.example", "inbox.example.org"];

/** Payments a day of the average customer. */
const PACE = 1.6;
/** Days that a stream of the wanted size lasts: long enough for 28 days of a leaking terminal and labels a week late. */
export const SPAN_DAYS = 60;

/** A market whose customers make about `events` payments in the span. */
export function market(chance: Random, events: number): Market {
  const size = Math.max(20, Math.round(events / (SPAN_DAYS * PACE)));
  const shops = Array.from({ length: size }, (_, i) => terminal(chance, `t-${i + 1}`, false, SHOP_MCC));
  const webShops = Array.from({ length: Math.max(10, Math.round(size / 5)) }, (_, i) => terminal(chance, `w-${i + 1}`, true, WEB_MCC));
  const fences = Array.from({ length: Math.max(5, Math.round(size / 100)) }, (_, i) => ({
    ...terminal(chance, `x-${i + 1}`, true, FENCE_MCC),
    country: chance.pick(FAR_COUNTRIES),
  }));
  const byCountry = Map.groupBy(shops, (shop) => shop.country);
  const customers = Array.from({ length: size }, (_, i) => customer(chance, i + 1, byCountry, shops, webShops));
  return { customers, shops, webShops, fences };
}

function terminal(chance: Random, id: string, web: boolean, categories: readonly string[]): Terminal {
  return { id, web, mcc: chance.pick(categories), country: chance.pick(HOME_COUNTRIES) };
}

function customer(
  chance: Random,
  number: number,
  byCountry: ReadonlyMap<string, readonly Terminal[]>,
  shops: readonly Terminal[],
  webShops: readonly Terminal[],
): Customer {
  const country = chance.pick(HOME_COUNTRIES);
  const near = byCountry.get(country) ?? shops;
  return {
    id: `c-${number}`,
    card: `card-${number}`,
    email: `c${number}@${chance.pick(MAIL_SERVICES)}`,
    ip: homeAddress(chance),
    country,
    level: chance.between(2.6, 4),
    pace: PACE * chance.between(0.4, 1.6),
    webShare: chance.between(0.1, 0.5),
    secureShare: chance.between(0.5, 1),
    shops: Array.from({ length: chance.int(3, 8) }, () => chance.pick(near)),
    webShops: Array.from({ length: chance.int(2, 5) }, () => chance.pick(webShops)),
  };
}

/** How much amounts scatter around a customer's level. */
const SPREAD = 0.5;
/** Nothing costs less. */
const MIN_CENTS = 50;

/** An amount in cents after a customer's habit. */
export function habit(chance: Random, who: Customer): number {
  return Math.max(MIN_CENTS, Math.round(chance.logNormal(who.level, SPREAD) * 100));
}

/** What a customer pays on one day, in no order. */
export function shopping(chance: Random, who: Customer, place: Market, dawn: number): Payment[] {
  const weekend = weekday(dawn) % 6 === 0;
  const count = chance.poisson(who.pace * (weekend ? 1.2 : 0.92));
  // Now and then a day abroad.
  const shops = count > 0 && chance.chance(0.01) ? [chance.pick(place.shops), chance.pick(place.shops)] : who.shops;
  return Array.from({ length: count }, () => {
    const web = chance.chance(who.webShare);
    // Customers also find new shops.
    const usual = web ? who.webShops : shops;
    const found = chance.chance(0.08) ? chance.pick(web ? place.webShops : shops) : chance.pick(usual);
    const byPhone = web && chance.chance(0.02);
    return {
      at: moment(chance, dawn, web ? WEB_HOURS : SHOP_HOURS),
      cents: habit(chance, who),
      customer: who.id,
      card: who.card,
      cardCountry: who.country,
      terminal: found,
      channel: byPhone ? "moto" : web ? "ecom" : "pos",
      ip: web && !byPhone ? who.ip : null,
      email: web ? who.email : null,
      threeds: web && !byPhone && chance.chance(who.secureShare),
      pattern: null,
    };
  });
}
