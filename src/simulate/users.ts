import { homeAddress } from "./network.ts";
import { type City, HOME_CITIES } from "./places.ts";
import type { Random } from "./random.ts";
import { DAY, HOUR, moment, OFFICE_HOURS, SECOND, weekday } from "./rhythm.ts";

export type Factor = "none" | "sms" | "totp" | "webauthn";

/** Somebody who logs in, with habits. */
export interface User {
  readonly id: string;
  readonly city: City;
  readonly home: string;
  /** Address shared with colleagues. */
  readonly office: string;
  readonly mfa: Factor;
  /** Whether the addresses of this user can be placed on a map. */
  readonly placed: boolean;
  /** Sessions a day. */
  readonly pace: number;
  devices: readonly string[];
  /** City of the trip the user is on, and when it ends. */
  trip: { readonly city: City; readonly until: number } | null;
}

/** One attempt before it has its number. */
export interface Login {
  readonly at: number;
  readonly user: string;
  readonly device: string;
  readonly ip: string;
  readonly place: { readonly lat: number; readonly lon: number } | null;
  readonly success: boolean;
  readonly mfa: Factor;
  readonly pattern: string | null;
}

/** Sessions a day of the average user. */
const PACE = 1.2;
/** Days that a stream of the wanted size lasts. */
export const SPAN_DAYS = 30;
/** Colleagues behind one address. */
const OFFICE_SIZE = 8;

const FACTORS: readonly Factor[] = ["none", "none", "none", "none", "sms", "sms", "totp", "webauthn"];

/** Users who make about `events` attempts in the span. */
export function users(chance: Random, events: number): readonly User[] {
  const size = Math.max(30, Math.round(events / (SPAN_DAYS * PACE * 1.1)));
  const offices = Array.from({ length: Math.ceil(size / OFFICE_SIZE) }, () => ({ city: chance.pick(HOME_CITIES), ip: homeAddress(chance) }));
  return Array.from({ length: size }, (_, i): User => {
    const office = offices[Math.floor(i / OFFICE_SIZE)] as (typeof offices)[number];
    return {
      id: `u-${i + 1}`,
      city: office.city,
      home: homeAddress(chance),
      office: office.ip,
      mfa: chance.pick(FACTORS),
      placed: chance.chance(0.95),
      pace: PACE * chance.between(0.4, 1.6),
      devices: Array.from({ length: chance.int(1, 3) }, (__, n) => `d-${i + 1}-${n + 1}`),
      trip: null,
    };
  });
}

/** A place within some ten kilometres of a city, as geo databases have it. */
export function near(chance: Random, city: City): { lat: number; lon: number } {
  return { lat: hundredths(city.lat + chance.between(-0.1, 0.1)), lon: hundredths(city.lon + chance.between(-0.1, 0.1)) };
}

function hundredths(x: number): number {
  return Math.round(x * 100) / 100;
}

/** When a traveller has arrived: nobody could travel from the evening before to the night after. */
const ARRIVAL = 10 * HOUR;

/** What a user does on one day: sessions, some after a mistyped password. Changes devices and trips. */
export function visits(chance: Random, user: User, dawn: number): Login[] {
  const moved = travel(chance, user, dawn);
  if (chance.chance(0.003)) user.devices = [...user.devices.slice(-2), `d-${user.id.slice(2)}-${dawn / DAY}`];
  const city = user.trip?.city ?? user.city;
  const working = weekday(dawn) % 6 !== 0 && user.trip === null;
  const logins: Login[] = [];
  for (let i = chance.poisson(user.pace * (working ? 1.15 : 0.75)); i > 0; i--) {
    const at = moment(chance, dawn, OFFICE_HOURS);
    if (moved && at < dawn + ARRIVAL) continue;
    const office = working && at > dawn + 8 * HOUR && at < dawn + 18 * HOUR;
    const attempt = {
      user: user.id,
      device: chance.pick(user.devices),
      ip: office ? user.office : user.home,
      place: user.placed ? near(chance, city) : null,
      mfa: user.mfa,
      pattern: null,
    };
    const slips = chance.chance(0.07) ? chance.int(1, 2) : 0;
    for (let slip = slips; slip > 0; slip--) logins.push({ ...attempt, at: Math.max(dawn, at - slip * 20 * SECOND), success: false });
    logins.push({ ...attempt, at, success: true });
  }
  return logins;
}

/** Lets trips begin and end; whether the user is on the way this morning. */
function travel(chance: Random, user: User, dawn: number): boolean {
  if (user.trip !== null) {
    if (dawn < user.trip.until) return false;
    user.trip = null;
    return true;
  }
  if (!chance.chance(0.008)) return false;
  user.trip = { city: chance.pick(HOME_CITIES), until: dawn + chance.int(2, 5) * DAY };
  return true;
}
