import type { Build } from "./build.ts";
import { ERROR } from "../types/type.ts";
import type { EventInfo, LetInfo, Use } from "./checked.ts";
import type { OutOfReach, Scope } from "./scope.ts";
import { KIND_WORDS, type Symbol } from "./symbols.ts";

/** The names that a place adds to the lists and functions that every expression of a file can use. */
interface Own {
  readonly value: (name: string) => Use | undefined;
  readonly names: () => readonly string[];
  readonly outOfReach?: (symbol: Symbol) => OutOfReach | undefined;
  readonly later?: (name: string) => OutOfReach | undefined;
}

const NOTHING: Own = { value: () => undefined, names: () => [] };

/** Lists and functions only: defaults, list entries. */
export function bareScope(build: Build, file: string): Scope {
  return scopeOf(build, file, NOTHING);
}

function scopeOf(build: Build, file: string, own: Own): Scope {
  return {
    file,
    value: (name) => own.value(name) ?? listUse(build, file, name),
    func: (name) => (build.symbols.visible(file, name) === undefined ? undefined : build.functions.get(name)),
    names: () => [...own.names(), ...[...build.symbols.visibleIn(file)].flatMap(usableName)],
    outOfReach: (name) => {
      const later = own.later?.(name);
      if (later !== undefined) return later;
      const symbol = build.symbols.visible(file, name);
      if (symbol === undefined) return build.symbols.notImported(file, name);
      return own.outOfReach?.(symbol) ?? notAValue(name, symbol);
    },
    currency: build.currency,
    rates: {
      find: (name) => (build.symbols.visible(file, name) === undefined ? undefined : build.rates.get(name)),
      all: () => [...build.rates.values()],
    },
  };
}

function usableName(symbol: Symbol): readonly string[] {
  return symbol.decl.kind === "List" || symbol.decl.kind === "Function" ? [symbol.decl.name.name] : [];
}

function listUse(build: Build, file: string, name: string): Use | undefined {
  if (build.symbols.visible(file, name)?.decl.kind !== "List") return undefined;
  const list = build.lists.get(name);
  return list === undefined ? undefined : { kind: "list", list, type: { kind: "list", element: list.element } };
}

function notAValue(name: string, symbol: Symbol): OutOfReach {
  const help =
    symbol.decl.kind === "Function"
      ? `call it: \`${name}(…)\``
      : symbol.decl.kind === "Feature"
        ? "features are read in rulesets only; pass the value as an argument"
        : symbol.decl.kind === "Rates"
          ? `name them in \`convert(amount, USD, ${name})\``
          : "name a field, a feature, a list or a function";
  return { code: "RSK0219", message: `\`${name}\` is ${KIND_WORDS[symbol.decl.kind]}, not a value`, help };
}

function fieldUse(event: EventInfo, name: string): Use | undefined {
  if (name === event.schema.name) return { kind: "event", event, type: event.type };
  const index = event.schema.fields.findIndex((field) => field.name === name);
  const field = event.schema.fields[index];
  return field === undefined ? undefined : { kind: "field", event, index, type: field.type };
}

function fieldNames(event: EventInfo): readonly string[] {
  return event.schema.fields.map((field) => field.name);
}

/** The filter of a window: the fields of the event that is folded. */
export function filterScope(build: Build, file: string, event: EventInfo): Scope {
  return scopeOf(build, file, {
    value: (name) => fieldUse(event, name),
    names: () => fieldNames(event),
    outOfReach: (symbol) => noFeature(symbol, "the filter of a window sees the event that is counted and no other"),
  });
}

function noFeature(symbol: Symbol, help: string): OutOfReach | undefined {
  if (symbol.decl.kind !== "Feature") return undefined;
  return { code: "RSK0411", message: `the feature \`${symbol.decl.name.name}\` cannot be read here`, help };
}

/** The body of a function: its parameters. */
export function functionScope(build: Build, file: string, params: readonly { name: string; type: Use["type"] }[]): Scope {
  return scopeOf(build, file, {
    value: (name) => {
      const param = params.find((each) => each.name === name);
      return param === undefined ? undefined : { kind: "param", name, type: param.type };
    },
    names: () => params.map((param) => param.name),
    outOfReach: (symbol) => noFeature(symbol, "a function sees its parameters only; pass the feature as an argument"),
  });
}

/** A ruleset: the fields of its event, the features of the file, and the lets above. */
export function rulesetScope(
  build: Build,
  file: string,
  event: EventInfo,
  lets: ReadonlyMap<string, LetInfo>,
  later: ReadonlySet<string>,
): Scope {
  const feature = (name: string): Use | undefined => {
    if (build.symbols.visible(file, name)?.decl.kind !== "Feature") return undefined;
    const found = build.features.get(name);
    return found === undefined ? { kind: "broken", type: ERROR } : { kind: "feature", feature: found, type: found.type };
  };
  return scopeOf(build, file, {
    value: (name) => {
      const field = fieldUse(event, name);
      if (field !== undefined) return field;
      const info = lets.get(name);
      if (info !== undefined) return { kind: "let", info, type: info.type };
      return feature(name);
    },
    names: () => [
      ...fieldNames(event),
      ...lets.keys(),
      ...[...build.symbols.visibleIn(file)].filter(({ decl }) => decl.kind === "Feature").map(({ decl }) => decl.name.name),
    ],
    later: (name) =>
      later.has(name) && !lets.has(name)
        ? { code: "RSK0308", message: `\`${name}\` is given further down`, help: "a `let` sees only what stands above it; move it up" }
        : undefined,
  });
}
