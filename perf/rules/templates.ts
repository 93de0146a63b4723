import type { Rng } from "../../test/random.ts";
import { all as every, among, amongNumbers, any, computed, fields, flag, matches, not, number, numbers, question, some, text, times, within, type Written } from "./conditions.ts";
import { CARD_TYPES, CHANNELS, COUNTRIES, CURRENCIES, DOMAINS, ENTRIES, MCCS, merchant, NAMES, NETWORKS, payment, skewed } from "./events.ts";

/**
 * How rules of real sets are built: 44 shapes over all fields. The last ones ask what no index can tell, so that what is
 * left to the conditions themselves is measured too.
 */
type Template = (r: Rng, all: typeof every) => Written;

const amount = (r: Rng): number => Math.round(Math.exp(3 + r.next() * 4.5));
const score = (r: Rng): number => Math.round(r.next() * 1_000) / 10;
const days = (r: Rng): number => 1 + r.below(2_000);
const country = (r: Rng): string => skewed(r, COUNTRIES);
const countries = (r: Rng): readonly string[] => some(r, COUNTRIES, 2 + r.below(10));
const channel = (r: Rng): string => r.pick(CHANNELS);
const mccs = (r: Rng): readonly string[] => some(r, MCCS, 2 + r.below(14));
const PATTERNS = ["^[a-z]+[0-9]{4,}@", "^(test|temp|promo)[.]?[0-9]+@", "[0-9]{3,}@(mail|yandex)[.]ru$", "[.][0-9]{1,2}@"];

export const TEMPLATES: readonly Template[] = [
  (r, all) => all(number("amount", ">", amount(r)), text("currency", "==", skewed(r, CURRENCIES)), fields("country", "!=", "ip_country")),
  (r, all) => all(among("mcc", mccs(r)), number("amount", ">", amount(r))),
  (r, all) => all(among("country", countries(r)), text("channel", "==", channel(r)), flag("threeds", false)),
  (r, all) => all(times("amount", ">", "average_30d", 1 + r.below(80) / 10), number("tx_1h", ">=", r.below(18))),
  (r, all) => all(text("merchant", "==", merchant(r)), number("amount", ">", amount(r))),
  (r, all) => all(among("email_domain", some(r, DOMAINS, 1 + r.below(6))), number("age_days", "<", days(r))),
  (r, all) => all(question("email", "startsWith", r.pick(NAMES)), number("amount", ">", amount(r))),
  (r, all) => all(computed("spent_24h", "+", "amount", ">", amount(r) * 4), text("card_type", "==", r.pick(CARD_TYPES))),
  (r, all) => all(within("hour", r.below(12), 12 + r.below(11)), any(text("country", "==", country(r)), text("bin_country", "==", country(r))), number("amount", ">=", amount(r))),
  (r, all) => all(question("ip", "startsWith", r.pick(NETWORKS)), text("channel", "==", channel(r)), number("device_score", "<", score(r))),
  (r, all) => all(text("card_type", "==", r.pick(CARD_TYPES)), among("entry", some(r, ENTRIES, 1 + r.below(3))), flag("cvv_ok", false)),
  (r, all) => all(computed("amount", "-", "average_30d", ">", amount(r)), number("age_days", "<", days(r)), fields("country", "!=", "bin_country")),
  (r, all) => all(text("country", "==", country(r)), text("currency", "!=", skewed(r, CURRENCIES)), number("amount", ">=", amount(r))),
  (r, all) => all(number("device_score", "<", score(r)), number("tx_1h", ">", r.below(15)), flag("threeds", r.chance(0.5))),
  (r, all) => all(within("amount", amount(r), amount(r) * 3), among("mcc", mccs(r)), text("entry", "==", r.pick(ENTRIES))),
  (r, all) => all(text("mcc", "==", skewed(r, MCCS)), text("country", "==", country(r))),
  (r, all) => all(number("age_days", "<=", days(r)), number("spent_24h", ">", amount(r) * 5), text("channel", "!=", channel(r))),
  (r, all) => all(among("bin_country", countries(r), true), among("country", countries(r)), number("amount", ">", amount(r))),
  (r, all) => all(times("spent_24h", ">=", "average_30d", 2 + r.below(200) / 10), text("card_type", "!=", r.pick(CARD_TYPES))),
  (r, all) => all(numbers("average_30d", ">", "spent_24h"), number("tx_1h", ">=", r.below(16)), number("hour", "<", 1 + r.below(23))),
  (r, all) => all(amongNumbers("hour", some(r, [0, 1, 2, 3, 4, 5, 22, 23], 1 + r.below(5))), number("amount", ">", amount(r)), flag("cvv_ok", r.chance(0.8))),
  (r, all) => any(all(text("country", "==", country(r)), number("amount", ">", amount(r) * 3)), all(text("bin_country", "==", country(r)), number("tx_1h", ">", 5 + r.below(14)))),
  (r, all) => all(not(among("channel", some(r, CHANNELS, 2))), text("entry", "==", r.pick(ENTRIES)), number("device_score", "<=", score(r))),
  (r, all) => all(text("ip_country", "==", country(r)), fields("bin_country", "!=", "ip_country"), number("age_days", "<", days(r))),
  (r, all) => all(computed("amount", "/", "average_30d", ">", 1 + r.below(90) / 10), text("currency", "==", skewed(r, CURRENCIES))),
  (r, all) => all(number("tx_1h", ">=", 4 + r.below(15)), text("merchant", "==", merchant(r))),
  (r, all) => all(among("merchant", [merchant(r), merchant(r), merchant(r), merchant(r)]), flag("threeds", false)),
  (r, all) => all(text("email_domain", "==", skewed(r, DOMAINS)), text("channel", "==", "ecom"), number("amount", ">", amount(r))),
  (r, all) => all(number("amount", "<", 5 + r.below(40)), number("tx_1h", ">=", 4 + r.below(14))),
  (r, all) => all(text("entry", "==", "keyed"), among("country", countries(r)), number("amount", ">=", amount(r)), flag("threeds", false)),
  (r, all) => all(fields("bin_country", "!=", "country"), fields("ip_country", "!=", "country"), number("amount", ">", amount(r))),
  (r, all) => any(all(flag("cvv_ok", false), number("amount", ">", amount(r))), all(number("device_score", "<", score(r) / 4), number("age_days", "<", days(r) / 4))),
  (r, all) => all(times("amount", "<", "average_30d", r.below(10) / 10), number("tx_1h", ">", 3 + r.below(12)), text("currency", "==", skewed(r, CURRENCIES))),
  (r, all) => all(within("device_score", 5 + r.below(45), 50 + r.below(20)), text("mcc", "==", skewed(r, MCCS)), number("spent_24h", ">", amount(r))),
  (r, all) => all(text("card_type", "==", "prepaid"), among("mcc", mccs(r)), among("country", countries(r))),
  (r, all) => all(question("device", "startsWith", `dev-${r.below(256).toString(16)}`), number("amount", ">", amount(r))),
  (r, all) => all(any(text("channel", "==", "moto"), text("entry", "==", "keyed"), flag("cvv_ok", false)), number("amount", ">", amount(r)), text("country", "==", country(r))),
  (r, all) => all(computed("spent_24h", "-", "amount", ">", amount(r) * 3), number("age_days", "<", days(r)), text("channel", "==", channel(r))),
  // What no column tells, or hardly.
  (r, all) => all(matches("email", r.pick(PATTERNS)), number("amount", ">", amount(r)), text("country", "==", country(r))),
  (r, all) => all(question("email", "contains", String(r.below(100))), text("channel", "==", "ecom"), number("amount", ">", amount(r))),
  (r, all) => all(computed("amount", "*", "tx_1h", ">", amount(r) * 20), question("email", "endsWith", `${r.below(100)}@${r.pick(DOMAINS)}`)),
  (r, all) => all(computed("spent_24h", "/", "age_days", ">", amount(r) * 10), matches("ip", `^[0-9]+[.][0-9]+[.]${r.below(255)}[.]`)),
  (r, all) => all(question("merchant", "endsWith", String(r.below(100))), number("amount", ">", amount(r)), text("card_type", "==", r.pick(CARD_TYPES))),
  (r, all) => all(question("device", "contains", r.below(256).toString(16)), text("entry", "==", "token"), number("hour", ">=", r.below(24))),
];

/** Events that tell how often a rule matches. */
const SAMPLE = 64;
const TRIES = 20;

/** Rules that match more than this ask less: of what a template asks only a part. */
const WIDE = 0.05;

function loosened(rng: Rng): typeof every {
  return (...parts) => every(...some(rng, parts, 1 + rng.below(2)));
}

/** So many rules of all templates, of which an event matches about this share. */
export function manyRules(rng: Rng, count: number, share: number): readonly Written[] {
  const sample = Array.from({ length: SAMPLE }, (_, i) => payment(rng, i));
  const rules: Written[] = [];
  let sum = 0;
  while (rules.length < count) {
    const template = TEMPLATES[rules.length % TEMPLATES.length] as Template;
    const wanted = share * (rules.length + 1) - sum;
    let best: Written | undefined;
    let nearest = Number.POSITIVE_INFINITY;
    let its = 0;
    for (let i = 0; i < TRIES && nearest > share / 2; i++) {
      const rule = template(rng, share > WIDE ? loosened(rng) : every);
      const part = sample.filter((event) => rule.holds(event)).length / SAMPLE;
      const distance = Math.abs(part - wanted);
      if (distance >= nearest) continue;
      best = rule;
      nearest = distance;
      its = part;
    }
    rules.push(best as Written);
    sum += its;
  }
  return rules;
}
