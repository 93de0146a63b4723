import { inCidr, parseCidr, parseIp } from "../ip.ts";
import { parseUnit, type Unit } from "../unit.ts";
import { BOOL, CIDR, IP, type Type } from "../type.ts";
import { Missing, type Cidr, type Geo, type Ip } from "../value.ts";
import { fixed, type Builtin } from "./signature.ts";

/** Mean radius of the earth in kilometres (IUGG). */
const EARTH_RADIUS_KM = 6_371.0088;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in kilometres by the haversine formula; at most 0.5 % off the ellipsoid. */
export function haversine(a: Geo, b: Geo): number {
  const dLat = radians(b.lat - a.lat);
  const dLon = radians(b.lon - a.lon);
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

const KILOMETRES: Type = { kind: "number", unit: parseUnit("km") as Unit };

export const placeFunctions: readonly Builtin[] = [
  fixed(
    { name: "distance", signature: "distance(geo, geo) → number[km]", doc: "great-circle distance of two places" },
    ["geo", "geo"],
    KILOMETRES,
    (a, b) => haversine(a as Geo, b as Geo),
  ),
  fixed(
    { name: "cidr", signature: "cidr(string) → cidr", doc: "a block of addresses, for `ip in cidr(…)`; missing when the text is none" },
    ["string"],
    CIDR,
    (text) => parseCidr(text as string) ?? new Missing("not an address block"),
  ),
  fixed(
    { name: "ip", signature: "ip(string) → ip", doc: "an address from text; missing when it is none" },
    ["string"],
    IP,
    (text) => parseIp(text as string) ?? new Missing("not an address"),
  ),
  fixed(
    { name: "is_ipv6", signature: "is_ipv6(ip) → bool", doc: "whether the address is of version 6" },
    ["ip"],
    BOOL,
    (ip) => (ip as Ip).version === 6,
  ),
  fixed(
    { name: "within", signature: "within(ip, cidr) → bool", doc: "whether the address lies in the block; `in` says the same" },
    ["ip", "cidr"],
    BOOL,
    (ip, block) => inCidr(ip as Ip, block as Cidr),
  ),
];
