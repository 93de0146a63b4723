import { Compile } from "typebox/compile";
import type { Static, TSchema } from "typebox";
import type { Violation } from "../types/schema.ts";
import { ProblemError, type ProblemCode } from "./problem.ts";

/** Checks a value against a schema as it is: nothing is coerced, dropped or filled in. Throws a `ProblemError`. */
export type Check<T extends TSchema> = (value: unknown) => Static<T>;

/** More findings help nobody. */
const MAX_VIOLATIONS = 50;

export function checker<T extends TSchema>(schema: T, code: ProblemCode): Check<T> {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return value;
    const violations = validator.Errors(value).flatMap(violationsOf).slice(0, MAX_VIOLATIONS);
    const first = violations[0];
    const detail = first === undefined ? "the value does not fit" : `${first.path === "" ? "the value" : `\`${first.path}\``} ${first.message}`;
    throw new ProblemError(code, detail, { violations });
  };
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/** One violation a member, with the path of the member and not of the object that should have it. */
function violationsOf(error: SchemaError): Violation[] {
  if ("requiredProperties" in error.params) {
    return names(error.params.requiredProperties).map((name) => ({ path: `${error.instancePath}/${name}`, message: "is required" }));
  }
  if ("additionalProperties" in error.params) {
    return names(error.params.additionalProperties).map((name) => ({
      path: `${error.instancePath}/${shown(name)}`,
      message: "is not a member of this schema",
    }));
  }
  return error.keyword === "boolean" ? [] : [{ path: error.instancePath, message: error.message }];
}

function names(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
}

const SHOWN = 60;

/** A name from outside as part of a JSON Pointer, cut where it is long. */
function shown(name: string): string {
  return name.slice(0, SHOWN).toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1");
}
