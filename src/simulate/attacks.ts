import { attackAddress } from "./network.ts";
import { FAR_CITIES } from "./places.ts";
import type { Random } from "./random.ts";
import { HOUR, MINUTE, SECOND } from "./rhythm.ts";
import { type Login, near, type User } from "./users.ts";

/** An attack within the day that starts at `dawn`. `others` are the honest logins of that day. */
export type Attack = (chance: Random, users: readonly User[], dawn: number, others: readonly Login[]) => Login[];

/** Stolen passwords: one address tries 30 to 60 users within half an hour, and one attempt in 25 succeeds. */
const stuffing: Attack = (chance, users, dawn) => {
  const ip = attackAddress(chance);
  const place = near(chance, chance.pick(FAR_CITIES));
  const device = `bot-${chance.int(1_000, 9_999)}`;
  let at = dawn + chance.int(0, 22) * HOUR;
  return Array.from({ length: chance.int(30, 60) }, () => {
    at += chance.int(10, 40) * SECOND;
    const user = chance.pick(users);
    // A third of the stolen names have no account here.
    const known = chance.chance(2 / 3);
    const success = known && user.mfa === "none" && chance.chance(0.12);
    const id = known ? user.id : `gone-${chance.int(1, 99_999)}`;
    return { at, user: id, device, ip, place, success, mfa: "none", pattern: "credential_stuffing" };
  });
};

/** One user's password is guessed: eight to fifteen failures within minutes, then success. */
const guessing: Attack = (chance, users, dawn) => {
  const user = chance.pick(users);
  const attempt = {
    user: user.id,
    device: `g-${chance.int(1_000, 9_999)}`,
    ip: attackAddress(chance),
    place: near(chance, chance.pick(FAR_CITIES)),
    mfa: user.mfa,
    pattern: "password_guessing",
  };
  let at = dawn + chance.int(0, 22) * HOUR;
  const failures = Array.from({ length: chance.int(8, 15) }, (): Login => {
    at += chance.int(5, 35) * SECOND;
    return { ...attempt, at, success: false };
  });
  return [...failures, { ...attempt, at: at + 20 * SECOND, success: true }];
};

/** A stolen session: half an hour to two hours after the user was in at home, somebody is in on another continent. */
const impossibleTravel: Attack = (chance, _users, dawn, others) => {
  const before = others.filter((login) => login.success && login.place !== null && login.at < dawn + 21 * HOUR);
  if (before.length === 0) return [];
  const { at, user, device, mfa } = chance.pick(before);
  const place = near(chance, chance.pick(FAR_CITIES));
  const later = at + chance.int(30, 120) * MINUTE;
  return [{ at: later, user, device, ip: attackAddress(chance), place, success: true, mfa, pattern: "impossible_travel" }];
};

/** The password is known to somebody near: a new device, no second factor, two or three sessions. */
const takeover: Attack = (chance, users, dawn) => {
  const open = users.filter((user) => user.mfa === "none");
  const user = chance.pick(open.length === 0 ? users : open);
  const session = {
    user: user.id,
    device: `t-${chance.int(1_000, 9_999)}`,
    ip: attackAddress(chance),
    place: near(chance, user.city),
    success: true,
    mfa: "none",
    pattern: "account_takeover",
  } as const;
  let at = dawn + chance.int(0, 20) * HOUR;
  return Array.from({ length: chance.int(2, 3) }, () => {
    at += chance.int(5, 50) * MINUTE;
    return { ...session, at };
  });
};

/** In the order they are started. Quick ones come more often, so that each is a fair part of the events. */
export const attacks: readonly Attack[] = [stuffing, guessing, impossibleTravel, takeover, guessing, impossibleTravel, takeover];
