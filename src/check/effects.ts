import type { Effect, Expr, Ident, RecordEntry } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { isLast, printType } from "../types/type.ts";
import type { Build } from "./build.ts";
import type { EffectInfo, ListInfo } from "./checked.ts";
import { checkLaws, type Place } from "./clauses.ts";
import { importFix } from "./context.ts";
import { durationOf } from "./durations.ts";
import { fit } from "./fit.ts";
import { checkShown, revealed } from "./laws/privacy.ts";


/** What a rule does when it matches. */
export function checkEffects(place: Place, name: Ident, effects: readonly Effect[]): readonly EffectInfo[] {
  return effects.flatMap((effect) => checkEffect(place, name, effect) ?? []);
}

function checkEffect(place: Place, name: Ident, effect: Effect): EffectInfo | undefined {
  if (effect.kind === "Emit") return { kind: "emit", name: effect.name.name, fields: checkFields(place, name, effect.fields) };
  const list = managedList(place, effect.list);
  const good = checkItem(place, name, effect.value, list);
  const secret = revealed(place.build, effect.value) !== undefined;
  const ttl = effect.kind === "Add" && effect.ttl !== null ? durationOf(place.build.report, effect.ttl, "how long an entry stays") : null;
  if (list === undefined || !good || ttl === undefined) return undefined;
  if (effect.kind === "Remove") return { kind: "remove", list, value: effect.value, secret };
  return { kind: "add", list, value: effect.value, ttl: ttl ?? list.ttl, secret };
}

/** The list that an effect changes; undefined when there is none or it cannot be changed, which is reported. */
function managedList({ build, file }: Place, ident: Ident): ListInfo | undefined {
  const { name, span } = ident;
  if (name === "") return undefined;
  const list = build.symbols.visible(file, name)?.decl.kind === "List" ? build.lists.get(name) : undefined;
  if (list === undefined) {
    unknownList(build, file, ident);
    return undefined;
  }
  if (list.decl.source === null || list.decl.source.kind === "managed") return list;
  build.report.add("RSK0436", span, `the entries of \`${name}\` stand in the rules, so no event can change them`, {
    labels: [{ span: list.decl.name.span, message: "declared here" }],
    help: "declare it `managed` to change it while the service runs",
  });
  return undefined;
}

function unknownList(build: Build, file: string, { name, span }: Ident): void {
  const reach = build.symbols.notImported(file, name);
  if (reach !== undefined && build.lists.has(name)) {
    const fixes = reach.importFrom === undefined ? [] : [importFix(file, name, reach.importFrom)];
    build.report.add(reach.code, span, reach.message, { help: reach.help, fixes });
    return;
  }
  const lists = [...build.symbols.visibleIn(file)].flatMap(({ decl }) => (decl.kind === "List" ? [decl.name.name] : []));
  build.report.add("RSK0436", span, `there is no list \`${name}\``, didYouMean(closest(name, lists), span, `declare it: \`list ${name}: string managed\``));
}

function checkItem(place: Place, name: Ident, value: Expr, list: ListInfo | undefined): boolean {
  const type = place.context.infer(value, list?.element);
  checkLaws(place, value, name);
  if (list === undefined || fit(type, list.element)) return type.kind !== "error";
  place.build.report.add("RSK0436", value.span, `\`${list.decl.name.name}\` holds ${printType(list.element)}, this is ${printType(type)}`, {
    labels: [{ span: list.decl.element.span, message: "declared here" }],
    help: "name a value of the list's type",
  });
  return false;
}

type EmitFields = Extract<EffectInfo, { kind: "emit" }>["fields"];

function checkFields(place: Place, name: Ident, entries: readonly RecordEntry[]): EmitFields {
  const seen = new Map<string, Ident>();
  const fields: EmitFields[number][] = [];
  for (const { name: field, value } of entries) {
    const first = seen.get(field.name);
    if (first !== undefined && field.name !== "") {
      place.build.report.add("RSK0404", field.span, `the field \`${field.name}\` is given twice`, {
        labels: [{ span: first.span, message: "first here" }],
        help: "keep one of them",
      });
    }
    seen.set(field.name, first ?? field);
    const type = place.context.infer(value);
    checkLaws(place, value, name);
    checkShown(place.build, value, "what is emitted shows");
    if (type.kind === "record" && !isLast(type)) {
      place.build.report.add("RSK0202", value.span, "an event cannot be emitted whole", { help: "name the fields that are wanted" });
    }
    fields.push({ name: field.name, value });
  }
  return fields;
}
