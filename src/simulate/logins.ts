import { attacks } from "./attacks.ts";
import type { Scenario, Simulated } from "./event.ts";
import { Quota } from "./quota.ts";
import { random } from "./random.ts";
import { DAY } from "./rhythm.ts";
import { type Login, users, visits } from "./users.ts";

/** Days before the first attack, so that users have a history to be told from. */
const QUIET_DAYS = 5;

/** Attempts to log in without end, day after day. */
export function* logins(scenario: Scenario): Generator<Simulated> {
  const honest = random(scenario.seed, "logins");
  const criminal = random(scenario.seed, "attacks");
  const people = users(random(scenario.seed, "users"), scenario.events);
  const quota = new Quota(scenario.fraud, 0);
  let started = 0;
  let number = 0;
  for (let dawn = scenario.start; ; dawn += DAY) {
    const visited = people.flatMap((user) => visits(honest, user, dawn));
    const today = [...visited];
    quota.count(visited.length, 0);
    while (dawn >= scenario.start + QUIET_DAYS * DAY && quota.due(0)) {
      const attack = (attacks[started++ % attacks.length] as (typeof attacks)[number])(criminal, people, dawn, visited);
      // A quiet day may give an attack nothing to follow; then it is the next one's turn tomorrow.
      if (attack.length === 0) break;
      today.push(...attack);
      quota.count(attack.length, attack.length);
    }
    today.sort((a, b) => a.at - b.at);
    for (const login of today) yield { type: "login", at: login.at, event: written(login, ++number) };
  }
}

function written(login: Login, number: number): Simulated["event"] {
  return {
    id: `l-${number}`,
    at: new Date(login.at).toISOString(),
    user: login.user,
    device: login.device,
    ip: login.ip,
    ...(login.place === null ? {} : { location: login.place }),
    success: login.success,
    mfa: login.mfa,
    fraud: login.pattern !== null,
    ...(login.pattern === null ? {} : { pattern: login.pattern }),
  };
}
