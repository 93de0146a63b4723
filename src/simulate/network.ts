import type { Random } from "./random.ts";

/*
 * Addresses that belong to nobody: private ones for the honest, those reserved for documentation and benchmarks
 * (RFC 5737, RFC 3849, RFC 2544) for attackers.
 */

/** An address of an honest person; one in five has IPv6. */
export function homeAddress(chance: Random): string {
  if (chance.chance(0.2)) return `2001:db8:${chance.int(1, 0xffff).toString(16)}:${chance.int(1, 0xffff).toString(16)}::1`;
  return `10.${chance.int(0, 255)}.${chance.int(0, 255)}.${chance.int(1, 254)}`;
}

const WATCHED: readonly string[] = ["192.0.2", "198.51.100", "203.0.113"];

/** An address of an attacker; three in five lie in networks that are watched. */
export function attackAddress(chance: Random): string {
  if (chance.chance(0.6)) return `${chance.pick(WATCHED)}.${chance.int(1, 254)}`;
  return `198.${chance.int(18, 19)}.${chance.int(0, 255)}.${chance.int(1, 254)}`;
}
