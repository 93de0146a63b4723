import type { IdHash } from "./record.ts";

/*
 * Two lanes of MurmurHash3 (32 bits, Appleby 2011) over the code units of a text. The seed is drawn for each data folder,
 * so nobody can look for ids beforehand that share a hash.
 */

/** What the hashes of one event type begin with. */
export function typeSeed(type: string, seed: number): number {
  return finish(lane(type, seed ^ 0x9e3779b9), type.length);
}

/** The hash of a text in 32 bits. */
export function textHash(text: string, seed: number): number {
  return finish(lane(text, seed), text.length);
}

/** The hash of an id under the seed of its type. */
export function idHash(id: string, seed: number): IdHash {
  return { low: finish(lane(id, seed), id.length), high: finish(lane(id, seed ^ 0x85ebca6b), id.length) };
}

function lane(text: string, seed: number): number {
  let hash = seed | 0;
  for (let at = 0; at < text.length; at++) {
    let unit = Math.imul(text.charCodeAt(at), 0xcc9e2d51);
    unit = (unit << 15) | (unit >>> 17);
    hash ^= Math.imul(unit, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  return hash;
}

function finish(hash: number, length: number): number {
  let mixed = hash ^ length;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
