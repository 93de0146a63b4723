import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Simulated } from "../../src/simulate/event.ts";
import { bursts, euro, labelled, median, stream, text } from "./streams.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Events of one pattern by the value of a field. */
function by(events: readonly Simulated[], pattern: string, field: string): Map<string, Simulated[]> {
  const found = Map.groupBy(labelled(events, pattern), (event) => text(event, field));
  assert.ok(found.size > 0, `no ${pattern}`);
  return found;
}

suite("payments", () => {
  const events = stream("payments", 30_000);

  test("from 10,000 events on every pattern is there", () => {
    for (const seed of ["1", "2", "3", "4"]) {
      const found = new Set(stream("payments", 10_000, seed).map(({ event }) => event["pattern"]));
      const all = ["account_takeover", "card_testing", "compromised_terminal", "disposable_mail", "leaked_card", undefined];
      assert.deepEqual([...found].map(String).toSorted(), all.map(String).toSorted(), `seed ${seed}`);
    }
  });

  test("honest amounts are log-normal around the customer's own level", () => {
    const levels = [...Map.groupBy(events.filter(({ event }) => event["fraud"] === false), (event) => text(event, "customer")).values()]
      .filter((own) => own.length >= 50)
      .map((own) => {
        const logs = own.map((payment) => Math.log(euro(payment)));
        const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
        return { mean, deviation: Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length) };
      });
    assert.ok(levels.length > 100);
    assert.ok(Math.abs(median(levels.map((level) => level.deviation)) - 0.5) < 0.05);
    const means = levels.map((level) => level.mean);
    assert.ok(Math.max(...means) - Math.min(...means) > 1, "customers differ");
  });

  test("shops are empty at night", () => {
    const pos = events.filter(({ event }) => event["channel"] === "pos");
    assert.ok(pos.every(({ at }) => new Date(at).getUTCHours() >= 5));
  });

  test("card testing: tiny payments over the network from one address, each card at least three times", () => {
    for (const run of by(events, "card_testing", "ip").values()) {
      assert.ok(run.every((payment) => euro(payment) < 5 && text(payment, "channel") === "ecom"));
      const raids = bursts(run, HOUR);
      for (const raid of raids) {
        assert.ok((raid.at(-1)?.at ?? 0) - (raid[0]?.at ?? 0) < 15 * MINUTE);
        for (const card of Map.groupBy(raid, (payment) => text(payment, "card")).values()) assert.ok(card.length >= 3);
      }
    }
  });

  test("compromised terminal: about half of its payments, for at most 28 days", () => {
    for (const [terminal, frauds] of by(events, "compromised_terminal", "terminal")) {
      const [first, last] = [frauds[0]?.at ?? 0, frauds.at(-1)?.at ?? 0];
      assert.ok(last - first <= 28 * DAY);
      if (last - first < 20 * DAY) continue;
      const all = events.filter((event) => text(event, "terminal") === terminal && event.at >= first && event.at <= last);
      const share = frauds.length / all.length;
      assert.ok(share > 0.2 && share < 0.8, `${terminal}: ${frauds.length} of ${all.length}`);
    }
  });

  test("leaked card: five times the customer's habit, for at most 14 days", () => {
    const ratios: number[] = [];
    for (const [card, frauds] of by(events, "leaked_card", "card")) {
      assert.ok((frauds.at(-1)?.at ?? 0) - (frauds[0]?.at ?? 0) <= 14 * DAY);
      const habit = median(events.filter((event) => text(event, "card") === card && event.event["fraud"] === false).map(euro));
      ratios.push(...frauds.map((fraud) => euro(fraud) / habit));
    }
    const middle = median(ratios);
    assert.ok(middle > 3.5 && middle < 7, `median ${middle}`);
  });

  test("account takeover: four to eight payments in a hurry, with a mail address that is not the customer's", () => {
    for (const [email, run] of by(events, "account_takeover", "email")) {
      assert.ok(run.length >= 4 && run.length <= 8);
      assert.ok((run.at(-1)?.at ?? 0) - (run[0]?.at ?? 0) <= 70 * MINUTE);
      assert.ok(run.every(({ event }) => event["threeds"] === false && event["country"] !== event["card_country"]));
      const own = events.filter((event) => text(event, "customer") === text(run[0] as Simulated, "customer") && event.event["fraud"] === false);
      assert.ok(own.every(({ event }) => event["email"] !== email));
    }
  });

  test("disposable mail: customers that were never seen before", () => {
    for (const [customer, run] of by(events, "disposable_mail", "customer")) {
      assert.deepEqual(events.filter((event) => text(event, "customer") === customer), run);
    }
  });
});

suite("logins", () => {
  const events = stream("logins", 20_000);

  test("from 10,000 events on every pattern is there", () => {
    for (const seed of ["1", "2", "3", "4"]) {
      const found = new Set(stream("logins", 10_000, seed).map(({ event }) => event["pattern"]));
      const all = ["account_takeover", "credential_stuffing", "impossible_travel", "password_guessing", undefined];
      assert.deepEqual([...found].map(String).toSorted(), all.map(String).toSorted(), `seed ${seed}`);
    }
  });

  test("credential stuffing: one address tries many users within the hour, nearly always in vain", () => {
    const runs = [...by(events, "credential_stuffing", "ip").values()];
    for (const run of runs) {
      assert.ok(new Set(run.map((login) => text(login, "user"))).size > 20);
      assert.ok((run.at(-1)?.at ?? 0) - (run[0]?.at ?? 0) <= HOUR);
    }
    const all = runs.flat();
    const success = all.filter(({ event }) => event["success"] === true).length / all.length;
    assert.ok(success > 0 && success < 0.1, `${success}`);
  });

  test("password guessing: failures of one user, then a success", () => {
    for (const run of by(events, "password_guessing", "ip").values()) {
      assert.equal(new Set(run.map((login) => text(login, "user"))).size, 1);
      assert.deepEqual(run.map(({ event }) => event["success"]), [...Array.from({ length: run.length - 1 }, () => false), true]);
      assert.ok(run.length >= 9);
    }
  });

  test("impossible travel: a success elsewhere at most two hours before", () => {
    for (const here of labelled(events, "impossible_travel")) {
      const place = here.event["location"] as { lat: number; lon: number };
      const before = events.filter((login) => text(login, "user") === text(here, "user") && login.at < here.at && login.at >= here.at - 2 * HOUR);
      const far = before.some(({ event }) => {
        const { lat, lon } = (event["location"] as { lat: number; lon: number } | undefined) ?? place;
        return event["success"] === true && Math.abs(lat - place.lat) + Math.abs(lon - place.lon) > 20;
      });
      assert.ok(far, JSON.stringify(here.event));
    }
  });

  test("account takeover: successes from a device never seen with the user", () => {
    for (const [device, run] of by(events, "account_takeover", "device")) {
      assert.ok(run.every(({ event }) => event["success"] === true && event["mfa"] === "none"));
      const users = events.filter((login) => text(login, "device") === device && login.event["fraud"] === false);
      assert.deepEqual(users, []);
    }
  });
});

suite("telemetry", () => {
  const events = stream("telemetry", 30_000);
  const number = ({ event }: Simulated, field: string): number => Number(event[field]);

  test("from 10,000 events on every pattern is there", () => {
    for (const seed of ["1", "2", "3", "4"]) {
      const found = new Set(stream("telemetry", 10_000, seed).map(({ event }) => event["pattern"]));
      const all = ["drift", "hot_site", "overheating", "spike", "stuck_sensor", undefined];
      assert.deepEqual([...found].map(String).toSorted(), all.map(String).toSorted(), `seed ${seed}`);
    }
  });

  test("a machine speaks once a minute, and hardly any reading is lost", () => {
    for (const own of Map.groupBy(events, (event) => text(event, "device")).values()) {
      const gaps = own.slice(1).map((event, i) => event.at - (own[i]?.at ?? 0));
      assert.ok(gaps.every((gap) => gap % MINUTE === 0 && gap > 0));
      assert.ok(gaps.filter((gap) => gap === MINUTE).length / gaps.length > 0.97);
    }
  });

  test("overheating: sustained above 85 degrees", () => {
    const runs = [...by(events, "overheating", "device").values()].flatMap((own) => bursts(own, 5 * MINUTE)).filter((run) => run.length >= 20);
    assert.ok(runs.length > 0);
    for (const run of runs) assert.ok(run.filter((reading) => number(reading, "temperature") > 85).length >= 5);
  });

  test("stuck sensor: one value for all of it", () => {
    for (const own of by(events, "stuck_sensor", "device").values()) {
      for (const run of bursts(own, 5 * MINUTE)) assert.equal(new Set(run.map((reading) => number(reading, "vibration"))).size, 1);
    }
  });

  test("spike: one or two readings far above the ones around", () => {
    for (const [device, own] of by(events, "spike", "device")) {
      const usual = median(events.filter((event) => text(event, "device") === device).map((reading) => number(reading, "vibration")));
      for (const run of bursts(own, 5 * MINUTE)) assert.ok(run.length <= 2);
      for (const reading of own) assert.ok(number(reading, "vibration") > 3 * usual);
    }
  });

  test("drift: upwards by eight degrees an hour or more", () => {
    const runs = [...by(events, "drift", "device").values()].flatMap((own) => bursts(own, 5 * MINUTE)).filter((run) => run.length >= 100);
    assert.ok(runs.length > 0);
    for (const run of runs) {
      const mean = (part: readonly Simulated[]): number => part.reduce((sum, each) => sum + number(each, "temperature"), 0) / part.length;
      assert.ok(mean(run.slice(-10)) - mean(run.slice(0, 10)) > 8);
    }
  });

  test("hot site: all machines of one site, at least three of them above 80 degrees together", () => {
    for (const own of by(events, "hot_site", "site").values()) {
      const hot = own.filter((reading) => number(reading, "temperature") > 80);
      assert.ok(new Set(hot.map((reading) => text(reading, "device"))).size >= 3);
    }
  });
});
