import type { Scenario, Simulated } from "./event.ts";
import { type Fraud, frauds, HORIZON_DAYS } from "./frauds.ts";
import { Quota } from "./quota.ts";
import { random } from "./random.ts";
import { DAY } from "./rhythm.ts";
import { market, type Payment, shopping, SPAN_DAYS } from "./shoppers.ts";

/** Card payments without end, day after day. */
export function* payments(scenario: Scenario): Generator<Simulated> {
  const honest = random(scenario.seed, "payments");
  const criminal = random(scenario.seed, "frauds");
  const place = market(random(scenario.seed, "market"), scenario.events);
  const quota = new Quota(scenario.fraud, (scenario.events / SPAN_DAYS) * HORIZON_DAYS);
  let running: Fraud[] = [];
  let started = 0;
  let number = 0;
  for (let dawn = scenario.start; ; dawn += DAY) {
    running = running.filter((fraud) => fraud.until > dawn);
    let owed = running.reduce((sum, fraud) => sum + fraud.owed(dawn), 0);
    while (quota.due(owed)) {
      const fraud = (frauds[started++ % frauds.length] as (typeof frauds)[number])(criminal, place, dawn);
      running.push(fraud);
      owed += fraud.owed(dawn);
    }
    const today = place.customers.flatMap((who) => shopping(honest, who, place, dawn));
    for (const payment of today) for (const fraud of running) fraud.touches(payment);
    for (const fraud of running) today.push(...fraud.adds(dawn));
    today.sort((a, b) => a.at - b.at);
    quota.count(today.length, today.filter((payment) => payment.pattern !== null).length);
    for (const payment of today) yield { type: "payment", at: payment.at, event: written(payment, ++number) };
  }
}

function written(payment: Payment, number: number): Simulated["event"] {
  return {
    id: `p-${number}`,
    at: new Date(payment.at).toISOString(),
    amount: `${(payment.cents / 100).toFixed(2)} EUR`,
    card: payment.card,
    customer: payment.customer,
    terminal: payment.terminal.id,
    mcc: payment.terminal.mcc,
    country: payment.terminal.country,
    card_country: payment.cardCountry,
    channel: payment.channel,
    ...(payment.ip === null ? {} : { ip: payment.ip }),
    ...(payment.email === null ? {} : { email: payment.email }),
    threeds: payment.threeds,
    fraud: payment.pattern !== null,
    ...(payment.pattern === null ? {} : { pattern: payment.pattern }),
  };
}
