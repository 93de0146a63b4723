import type { ListIr } from "../ir/ir.ts";
import { keyOf } from "../types/equality.ts";
import { CidrSet } from "../types/ip.ts";
import type { Cidr, Ip, Value } from "../types/value.ts";
import type { Membership } from "./closures.ts";

/** Entries taken up between two yields, so that a long list does not hold the event loop. */
const ENTRIES_A_STEP = 2_000;

/** Builds the look-up of one list, yielding between steps. */
export function* linkList(list: ListIr): Generator<void, Membership> {
  const { name } = list;
  if (list.source === "managed") {
    return (item, _frame, run) => run.listed(name, keyOf(item));
  }
  const keys = new Set<string | number>();
  let taken = 0;
  for (const entry of list.entries) {
    keys.add(keyOf(entry));
    if (++taken % ENTRIES_A_STEP === 0) yield;
  }
  if (list.element.kind !== "cidr") return (item) => keys.has(keyOf(item));
  const blocks = new CidrSet(list.entries as readonly Cidr[]);
  yield;
  return (item) => (isIp(item) ? blocks.has(item) : keys.has(keyOf(item)));
}

function isIp(item: Value): item is Ip {
  return typeof item === "object" && item !== null && "bits" in item;
}
