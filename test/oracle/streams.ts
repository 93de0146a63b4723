import type { Arrival } from "./decide.ts";
import type { Dice } from "./dice.ts";
import { ADDRESSES, amount, BLOCKS, NUMBERS, SPANS, START, text, time, type Kind } from "./kinds.ts";
import type { EventModel } from "./programs.ts";

/** Random events in order of arrival: bursts of equal times, steps as long as windows, and some that come late. */
export function stream(dice: Dice, events: readonly EventModel[], count: number): Arrival[] {
  let now = START;
  return Array.from({ length: count }, () => {
    now += dice.pick([0, 0, 0, 1, 999, ...SPANS.map(([, ms]) => ms)]);
    const late = dice.chance(0.2) ? dice.pick([1, 1_000, 59_999, 60_000, 3_600_000]) : 0;
    const event = dice.pick(events);
    return { type: event.name, event: body(dice, event, now - late), now };
  });
}

function body(dice: Dice, { fields, timed }: EventModel, at: number): Record<string, unknown> {
  const sent: Record<string, unknown> = {};
  for (const { name, kind, spare } of fields) {
    if (timed && name === "at") sent[name] = new Date(at).toISOString();
    else if (spare && dice.chance(0.35)) {
      if (dice.chance(0.3)) sent[name] = null;
    } else sent[name] = value(dice, name, kind, at);
  }
  return sent;
}

function value(dice: Dice, name: string, kind: Kind, at: number): unknown {
  switch (kind.k) {
    case "number":
      return name === "shop" ? dice.pick([1, 2]) : dice.pick(NUMBERS) * dice.pick([1, 1, 1, -1]);
    case "money": {
      const currency = kind.currency ?? dice.pick(["USD", "USD", "USD", "EUR", "JPY"]);
      const digits = amount(dice, currency);
      return dice.chance(0.5) ? `${digits} ${currency}` : { amount: `${dice.chance(0.1) ? "-" : ""}${digits}`, currency };
    }
    case "string":
      return name === "user" ? dice.pick(["a", "b", "\u{1f600}"]) : text(dice);
    case "bool":
      return dice.chance(0.5);
    case "timestamp":
      return dice.chance(0.5) ? time(dice) : new Date(at).toISOString();
    case "duration":
      return dice.pick(["1s", "1m30s", "-250ms", "1h", "0s", "1.5m"]);
    case "ip":
      return name === "host" ? dice.pick(["10.0.0.1", "::ffff:10.0.0.1", "::"]) : dice.pick(ADDRESSES);
    case "cidr":
      return dice.pick(BLOCKS);
    case "geo":
      return { lat: dice.pick([0, 52.5, -33.9, 90]), lon: dice.pick([0, 13.4, 151.2, -180]) };
    case "enum":
      return dice.pick(kind.members);
    case "list":
      return dice.several(0, 3, () => value(dice, "", kind.of, at));
    case "map":
      return Object.fromEntries(dice.several(0, 2, () => [dice.pick(["a", "b"]), value(dice, "", kind.of, at)]));
  }
}
