import type { Rng } from "../../test/random.ts";

/** A card payment of 24 fields, all there. */
export interface Payment {
  readonly id: string;
  readonly card: string;
  readonly amount: number;
  readonly currency: string;
  readonly country: string;
  readonly bin_country: string;
  readonly ip_country: string;
  readonly mcc: string;
  readonly merchant: string;
  readonly channel: string;
  readonly card_type: string;
  readonly entry: string;
  readonly device: string;
  readonly email: string;
  readonly email_domain: string;
  readonly ip: string;
  readonly age_days: number;
  readonly tx_1h: number;
  readonly spent_24h: number;
  readonly average_30d: number;
  readonly threeds: boolean;
  readonly cvv_ok: boolean;
  readonly hour: number;
  readonly device_score: number;
}

export const EVENT = `event payment {
  id: string @id
  card: string @key
  amount: number
  currency: string
  country: string
  bin_country: string
  ip_country: string
  mcc: string
  merchant: string
  channel: string
  card_type: string
  entry: string
  device: string
  email: string
  email_domain: string
  ip: string
  age_days: number
  tx_1h: number
  spent_24h: number
  average_30d: number
  threeds: bool
  cvv_ok: bool
  hour: number
  device_score: number
}`;

export const COUNTRIES = "US GB DE FR NL ES IT PL RO BG UA RU TR BR MX AR CO NG GH ZA KE IN PK BD ID VN TH PH CN HK JP KR AU NZ CA SE NO FI DK IE".split(" ");
export const CURRENCIES = "USD EUR GBP PLN RON TRY BRL MXN NGN INR IDR CNY JPY AUD CAD SEK".split(" ");
export const CHANNELS = ["ecom", "pos", "moto", "atm"];
export const CARD_TYPES = ["debit", "credit", "prepaid", "corporate"];
export const ENTRIES = ["chip", "contactless", "swipe", "keyed", "token"];
export const DOMAINS = "gmail.com yahoo.com outlook.com icloud.com mail.ru yandex.ru proton.me tempmail.com guerrillamail.com 10minutemail.com hotmail.com gmx.de web.de orange.fr libero.it aol.com qq.com 163.com mailinator.com sharklasers.com".split(" ");
export const NAMES = "john test maria info x1y2 admin sales ahmed wei olga pedro anna q8w7 temp promo".split(" ");
export const MCCS = Array.from({ length: 120 }, (_, i) => String(3_000 + i * 47));
export const NETWORKS = ["185.220.", "91.12.", "45.", "203.77.", "10.155.", "77.", "185.", "91.", "10.12.", "203."];

/** The lower the index, the likelier. */
export function skewed<T>(rng: Rng, items: readonly T[]): T {
  return items[Math.floor(items.length * rng.next() ** 2)] as T;
}

export function merchant(rng: Rng): string {
  return `m_${100_000 + Math.floor(5_000 * rng.next() ** 2)}`;
}

export function payment(rng: Rng, number: number): Payment {
  const country = skewed(rng, COUNTRIES);
  const domain = skewed(rng, DOMAINS);
  const amount = Math.round(Math.exp(2 + rng.next() * 6) * 100) / 100;
  const name = `${rng.pick(NAMES)}${rng.chance(0.5) ? "." : ""}${rng.below(9_999)}`;
  return {
    id: `tx_${(1e9 + number).toString(36)}${rng.below(1e9).toString(36)}`,
    card: `c_${rng.below(100_000)}`,
    amount,
    currency: skewed(rng, CURRENCIES),
    country,
    bin_country: rng.chance(0.8) ? country : skewed(rng, COUNTRIES),
    ip_country: rng.chance(0.75) ? country : skewed(rng, COUNTRIES),
    mcc: skewed(rng, MCCS),
    merchant: merchant(rng),
    channel: skewed(rng, CHANNELS),
    card_type: skewed(rng, CARD_TYPES),
    entry: skewed(rng, ENTRIES),
    device: `dev-${rng.below(1e9).toString(16)}`,
    email: `${name}@${domain}`,
    email_domain: domain,
    ip: `${rng.pick([185, 91, 10, 45, 203, 77])}.${rng.pick([220, 12, 77, 155])}.${rng.below(255)}.${rng.below(255)}`,
    age_days: 1 + Math.floor(3_000 * rng.next() ** 2),
    tx_1h: Math.floor(20 * rng.next() ** 2),
    spent_24h: Math.round(amount * (1 + 10 * rng.next() ** 2) * 100) / 100,
    average_30d: Math.round(Math.exp(2.5 + rng.next() * 4) * 100) / 100,
    threeds: rng.chance(0.6),
    cvv_ok: rng.chance(0.9),
    hour: rng.below(24),
    device_score: Math.round(rng.next() * 1_000) / 10,
  };
}
