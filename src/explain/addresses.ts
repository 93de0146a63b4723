import { canonicalIp, parseIp } from "../types/ip.ts";
import type { Const } from "../ir/ir.ts";
import type { Ip } from "../types/value.ts";

/** An address, or the first one of a block; undefined for anything else. */
export function ipOf(value: Const): Ip | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("bits" in value) return value;
  return "first" in value ? parseIp(canonicalIp(value.first, value.version)) : undefined;
}
