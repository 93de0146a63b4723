import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rngOf } from "../../test/random.ts";
import type { Written } from "../rules/conditions.ts";
import { EVENT } from "../rules/events.ts";
import { manyRules } from "../rules/templates.ts";

const SEED = 20_261_121;
const SHARE = 0.01;

/** Ten windows by four keys, and rules that ask them. */
const FEATURES = `
feature card_count_1h = count of payment by card over 1h
feature card_sum_1d = sum of payment.amount by card over 1d
feature card_max_7d = max of payment.amount by card over 7d
feature card_merchants_1d = distinct of payment.merchant by card over 1d
feature card_countries_1d = distinct of payment.country by card over 1d
feature merchant_mean_1d = average of payment.amount by merchant over 1d
feature merchant_count_1h = count of payment by merchant over 1h
feature ip_cards_1h = distinct of payment.card by ip over 1h
feature ip_count_10m = count of payment by ip over 10m
feature device_cards_1d = distinct of payment.card by device over 1d

ruleset velocity on payment {
  outcomes allow < review < decline
  rule fast { when card_count_1h > 12 then decline reason V1 "{card_count_1h} payments in one hour" }
  rule much { when card_sum_1d > 50000 then review reason V2 "much in one day" }
  rule jump { when amount > 20 * card_max_7d and card_count_1h > 3 then review reason V3 "far above its largest" }
  rule shops { when card_merchants_1d > 9 then review reason V4 "many merchants" }
  rule far { when card_countries_1d > 4 then review reason V5 "many countries" }
  rule odd { when amount > 50 * merchant_mean_1d and age_days < 30 then review reason V6 "far above the merchant's mean" }
  rule busy { when merchant_count_1h > 500000 then review reason V7 "a busy merchant" }
  rule farm { when ip_cards_1h > 20 then decline reason V8 "many cards of one address" }
  rule burst { when ip_count_10m > 100 then decline reason V9 "many payments of one address" }
  rule shared { when device_cards_1d > 5 then review reason V10 "many cards of one device" }
}
`;

export interface Folder {
  readonly path: string;
  readonly rules: readonly Written[];
}

/** A folder of so many rules of all templates, of which an event matches 1 %. */
export function folderOf(count: number, withFeatures = false): Folder {
  const rules = manyRules(rngOf(SEED), count, SHARE);
  const path = mkdtempSync(join(tmpdir(), "sluice-http-"));
  const written = rules.map(({ rule }, i) => `  rule r${i} { when ${rule} then review score 1 reason R${i} "rule ${i}" }`);
  const event = EVENT.replaceAll(/^ {2}(merchant|ip|device): string$/gm, "  $1: string @key");
  const ruleset = `ruleset card on payment {\n  outcomes allow < review\n  policy worst\n${written.join("\n")}\n}\n`;
  writeFileSync(join(path, "payments.risk"), `${event}\n${withFeatures ? FEATURES : ""}\n${ruleset}`);
  return { path, rules };
}
