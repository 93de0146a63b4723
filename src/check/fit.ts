import { printType, type Type } from "../types/type.ts";
import { sameUnit } from "../types/unit.ts";

/** Whether a value of type `actual` can stand where `wanted` is declared. */
export function fit(actual: Type, wanted: Type): boolean {
  if (actual.kind === "error" || wanted.kind === "error") return true;
  switch (wanted.kind) {
    case "number":
      return actual.kind === "number" && sameUnit(actual.unit, wanted.unit);
    case "money":
      return actual.kind === "money" && (wanted.currency === null || actual.currency === null || actual.currency === wanted.currency);
    case "string":
      return actual.kind === "string" || actual.kind === "enum";
    case "enum":
      return actual.kind === "enum" && actual.members.every((member) => wanted.members.includes(member));
    case "list":
      return actual.kind === "list" && fit(actual.element, wanted.element);
    case "map":
      return actual.kind === "map" && fit(actual.key, wanted.key) && fit(actual.value, wanted.value);
    case "record":
      return actual.kind === "record" && actual.name === wanted.name && printType(actual) === printType(wanted);
    default:
      return actual.kind === wanted.kind;
  }
}

/** The one type that both fit, or undefined. */
export function joinTypes(a: Type, b: Type): Type | undefined {
  if (a.kind === "error") return b;
  if (b.kind === "error") return a;
  if (a.kind === "enum" && b.kind === "enum") return joinEnums(a.members, b.members);
  if (a.kind === "list" && b.kind === "list") {
    const element = joinTypes(a.element, b.element);
    return element === undefined ? undefined : { kind: "list", element };
  }
  if (a.kind === "map" && b.kind === "map") {
    const key = joinTypes(a.key, b.key);
    const value = joinTypes(a.value, b.value);
    return key === undefined || value === undefined ? undefined : { kind: "map", key, value };
  }
  if (a.kind === "money" && b.kind === "money" && a.currency !== b.currency) return { kind: "money", currency: null };
  if (fit(a, b)) return b;
  return fit(b, a) ? a : undefined;
}

function joinEnums(a: readonly string[], b: readonly string[]): Type {
  const members = a.every((member) => b.includes(member)) ? b : [...new Set([...a, ...b])];
  return { kind: "enum", members };
}
