import type { Type } from "../types/type.ts";
import type { Domain } from "./ir.ts";

/** The family that comparisons of a type belong to. */
export function domainOf(type: Type): Domain {
  switch (type.kind) {
    case "number":
    case "timestamp":
    case "duration":
      return "number";
    case "string":
    case "enum":
      return "string";
    case "bool":
    case "money":
      return type.kind;
    default:
      return "value";
  }
}
