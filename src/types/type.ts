import type { Unit } from "./unit.ts";

/**
 * A static type: plain data, so that it can cross threads. `error` is the type of what is already reported; it fits
 * everything, so one mistake never causes a second diagnostic.
 */
export type Type =
  | { readonly kind: "number"; readonly unit: Unit | null }
  | { readonly kind: "money"; readonly currency: string | null }
  | { readonly kind: "enum"; readonly members: readonly string[] }
  | { readonly kind: "list"; readonly element: Type }
  | { readonly kind: "map"; readonly key: Type; readonly value: Type }
  | { readonly kind: "record"; readonly name: string; readonly fields: readonly RecordField[] }
  | { readonly kind: SimpleKind };

export type SimpleKind = "bool" | "string" | "timestamp" | "duration" | "ip" | "cidr" | "geo" | "null" | "error";

export interface RecordField {
  readonly name: string;
  readonly type: Type;
}

export const NUMBER: Type = { kind: "number", unit: null };
export const MONEY: Type = { kind: "money", currency: null };
export const BOOL: Type = { kind: "bool" };
export const STRING: Type = { kind: "string" };
export const TIMESTAMP: Type = { kind: "timestamp" };
export const DURATION: Type = { kind: "duration" };
export const IP: Type = { kind: "ip" };
export const CIDR: Type = { kind: "cidr" };
export const NULL: Type = { kind: "null" };
export const ERROR: Type = { kind: "error" };

type RecordType = Extract<Type, { readonly kind: "record" }>;

/** What `last of …` yields: a record with `value` and `at`. The space keeps its name apart from every event's. */
export function lastType(feature: string, fields: readonly RecordField[]): RecordType {
  return { kind: "record", name: `last ${feature}`, fields };
}

export function isLast(type: RecordType): boolean {
  return type.name.startsWith("last ");
}

/** The type as an author writes it. */
export function printType(type: Type): string {
  switch (type.kind) {
    case "number":
      return type.unit === null ? "number" : `number[${type.unit.text}]`;
    case "money":
      return type.currency === null ? "money" : `money[${type.currency}]`;
    case "enum":
      return `enum(${type.members.join(", ")})`;
    case "list":
      return `list[${printType(type.element)}]`;
    case "map":
      return `map[${printType(type.key)}, ${printType(type.value)}]`;
    case "record":
      return type.name;
    default:
      return type.kind;
  }
}
