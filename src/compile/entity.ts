import { keyOf } from "../types/equality.ts";
import { Missing } from "../types/value.ts";
import type { EntityKey, Frame } from "../windows/spec.ts";
import type { EntityReader } from "./program.ts";

/** Reads the key of an entity from the fields in these slots. */
export function entityReader(slots: readonly number[]): EntityReader {
  const [only] = slots;
  if (only !== undefined && slots.length === 1) return (frame) => keyPart(frame, only);
  return (frame) => {
    const parts: EntityKey[] = [];
    for (const slot of slots) {
      const part = keyPart(frame, slot);
      if (part instanceof Missing) return part;
      parts.push(part);
    }
    return entityKey(parts);
  };
}

const UNSET = new Missing("not set");

function keyPart(frame: Frame, slot: number): EntityKey | Missing {
  const value = frame[slot];
  return value === undefined ? UNSET : value instanceof Missing ? value : keyOf(value);
}

/**
 * The key of an entity from the keys of its parts, in the order of the declaration. One part is its own key; several are
 * joined so that no two different lists give one text.
 */
export function entityKey(parts: readonly EntityKey[]): EntityKey {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : JSON.stringify(parts);
}
