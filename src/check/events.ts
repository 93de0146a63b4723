import type { EventDecl, FieldDecl } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import type { EventSchema, FieldSchema } from "../types/schema.ts";
import { printType, type Type } from "../types/type.ts";
import type { Const } from "../ir/ir.ts";
import type { Build } from "./build.ts";
import type { EventInfo } from "./checked.ts";
import { constant } from "./constants.ts";
import { replace } from "./context.ts";
import { inference } from "./infer.ts";
import { checkRange } from "./ranges.ts";
import { bareScope } from "./scopes.ts";
import { resolveType } from "./typeexpr.ts";

const ANNOTATIONS = ["id", "time", "key", "pii"] as const;
type Annotation = (typeof ANNOTATIONS)[number];

/** Types that a window or an idempotency table can be keyed by. */
export const KEY_KINDS: ReadonlySet<Type["kind"]> = new Set(["string", "number", "enum", "ip", "bool", "error"]);

/** Gives an event declaration its schema. */
export function checkEvent(build: Build, file: string, decl: EventDecl): EventInfo {
  const fields: FieldSchema[] = [];
  const kept: FieldDecl[] = [];
  const marks: Record<"id" | "time", number | null> = { id: null, time: null };
  for (const field of decl.fields) {
    const other = kept.find((each) => each.name.name === field.name.name);
    if (other !== undefined) {
      build.report.add("RSK0304", field.name.span, `the field \`${field.name.name}\` is declared twice`, {
        labels: [{ span: other.name.span, message: "first here" }],
      });
      continue;
    }
    const annotations = checkAnnotations(build, field);
    const schema = checkField(build, file, field, annotations);
    for (const mark of ["id", "time"] as const) {
      if (annotations.has(mark) && checkMark(build, decl, field, schema, mark, marks[mark])) marks[mark] = fields.length;
    }
    fields.push(schema);
    kept.push(field);
  }
  const schema: EventSchema = { name: decl.name.name, doc: decl.doc, fields, ...marks };
  const type = { kind: "record" as const, name: schema.name, fields: fields.map(({ name, type }) => ({ name, type })) };
  return { decl: { ...decl, fields: kept }, schema, type };
}

function checkAnnotations(build: Build, field: FieldDecl): ReadonlySet<Annotation> {
  const found = new Set<Annotation>();
  for (const { name, span } of field.annotations) {
    const known = ANNOTATIONS.find((each) => each === name);
    if (known === undefined) {
      const close = closest(name, ANNOTATIONS);
      build.report.add("RSK0401", span, `there is no annotation \`@${name}\``, didYouMean(close, span, "the annotations are `@id`, `@time`, `@key` and `@pii`"));
    } else if (found.has(known)) build.report.add("RSK0404", span, `\`@${name}\` is given twice`);
    else found.add(known);
  }
  return found;
}

function checkField(build: Build, file: string, field: FieldDecl, annotations: ReadonlySet<Annotation>): FieldSchema {
  const type = resolveType(build, file, field.type);
  if (type.kind === "record") {
    build.report.add("RSK0309", field.type.span, "an event cannot be a field of another", { help: "list its fields instead" });
  }
  if (annotations.has("key") && !KEY_KINDS.has(type.kind)) {
    build.report.add("RSK0402", field.type.span, `${printType(type)} cannot be a key`, {
      help: "keys are text, numbers, enums, addresses or true/false",
    });
  }
  if (field.optional && field.default !== null) {
    build.report.add("RSK0403", field.default.span, "a field with a default is never missing, so `?` says nothing", {
      help: "drop the `?` or the default",
      fixes: [replace("drop the `?`", { ...field.type.span, start: field.type.span.end, end: questionEnd(field) }, "")],
    });
  }
  const context = inference(build.report, build.tables, bareScope(build, file));
  const value = field.default === null || type.kind === "record" ? undefined : constant(context, field.default, type);
  return {
    name: field.name.name,
    type,
    optional: field.optional,
    default: isDefault(value) ? { value } : null,
    range: checkRange(build, context, field, type, value),
    key: annotations.has("key"),
    pii: annotations.has("pii"),
    doc: field.doc,
  };
}

/** The `?` stands right behind the type. */
function questionEnd(field: FieldDecl): number {
  return field.type.span.end + 1;
}

type DefaultValue = NonNullable<FieldSchema["default"]>["value"];

function isDefault(value: Const | undefined): value is DefaultValue {
  return value !== undefined && value !== null && !Array.isArray(value);
}

/** `@id` and `@time`: once an event, on a required field of a fitting type. */
function checkMark(
  build: Build,
  decl: EventDecl,
  field: FieldDecl,
  schema: FieldSchema,
  mark: "id" | "time",
  taken: number | null,
): boolean {
  const at = field.annotations.find((each) => each.name === mark)?.span ?? field.span;
  const wanted = mark === "id" ? ["string", "number", "error"] : ["timestamp", "error"];
  if (taken !== null) {
    build.report.add("RSK0402", at, `\`${decl.name.name}\` has two fields with \`@${mark}\``, { help: "keep one" });
    return false;
  }
  if (!wanted.includes(schema.type.kind)) {
    build.report.add("RSK0402", at, `\`@${mark}\` stands on ${mark === "id" ? "text or a number" : "a timestamp"}, this is ${printType(schema.type)}`);
    return false;
  }
  if (field.optional || field.default !== null) {
    build.report.add("RSK0402", at, `the \`@${mark}\` field must always be there`, { help: "drop the `?` or the default" });
    return false;
  }
  return true;
}
