import type { EntityKey } from "../windows/spec.ts";

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const RANGE = 2 ** 32;

/**
 * Where an entity lies between 0 (included) and 1 (not included) for the rule of this key. It is the same on every machine
 * and for ever, and independent from rule to rule. FNV-1a of 32 bits (Fowler, Noll, Vo) over the UTF-16 code units of the
 * key, a zero and the entity, low byte first; then the finalizer of MurmurHash3 (Appleby), since FNV alone leaves the high
 * bits of like texts alike.
 */
export function rolloutPoint(key: string, entity: EntityKey): number {
  let hash = mixIn(OFFSET, key);
  hash = Math.imul(hash, PRIME);
  hash = mixIn(hash, String(entity));
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / RANGE;
}

function mixIn(start: number, text: string): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), PRIME);
    hash = Math.imul(hash ^ (unit >>> 8), PRIME);
  }
  return hash;
}
