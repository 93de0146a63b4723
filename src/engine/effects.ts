import type { EffectProgram, EffectValue, RuleProgram, Run } from "../compile/program.ts";
import { keyOf } from "../types/equality.ts";
import { implementation } from "../types/functions/table.ts";
import { jsonValue, printValue } from "../types/print.ts";
import { printTimestamp } from "../types/time.ts";
import type { Type } from "../types/type.ts";
import { Missing, type Value } from "../types/value.ts";
import type { Frame } from "../windows/spec.ts";
import type { Degraded, Effect, Json } from "./decision.ts";
import type { ManagedLists } from "./lists.ts";

/** A rule that matched and does something. */
export interface Fired {
  readonly ruleset: string;
  readonly rule: RuleProgram;
}

/** Where effects happen. */
export interface Scene {
  readonly frame: Frame;
  readonly run: Run;
  readonly lists: Pick<ManagedLists, "put" | "remove">;
  /** By the clock, since entries of lists expire by it. */
  readonly now: number;
}

export interface Done {
  readonly effects: readonly Effect[];
  /** Effects that could not be carried out. */
  readonly degraded: readonly Degraded[];
}

/** Carries out what the rules that matched an event do, in their order, once all rulesets have decided. */
export function carryOut(fired: readonly Fired[], scene: Scene): Done {
  const effects: Effect[] = [];
  const degraded: Degraded[] = [];
  for (const { ruleset, rule } of fired) {
    for (const effect of rule.effects) {
      const done = act(effect, { ruleset, rule: rule.id, row: rule.row }, scene);
      if (typeof done !== "string") effects.push(done);
      else degraded.push({ ruleset, rule: rule.id, row: rule.row, part: "effect", missing: done });
    }
  }
  return { effects, degraded };
}

type By = Pick<Effect, "ruleset" | "rule" | "row">;

/** The effect as the answer tells it, or why there is none. */
function act(effect: EffectProgram, by: By, scene: Scene): Effect | string {
  if (effect.kind === "emit") return { do: "emit", ...by, name: effect.name, fields: fieldsOf(effect.fields, scene) };
  const value = effect.value(scene.frame, scene.run);
  if (value instanceof Missing) return value.cause;
  const { list, type, secret } = effect;
  const shown = shownValue(value, type, secret);
  if (effect.kind === "remove") {
    scene.lists.remove(list, keyOf(value));
    return { do: "remove", ...by, list, value: shown };
  }
  const expiresAt = effect.ttl === null ? null : scene.now + effect.ttl;
  if (!scene.lists.put(list, keyOf(value), expiresAt)) return `the list \`${list}\` is full`;
  return { do: "add", ...by, list, value: shown, expiresAt: expiresAt === null ? null : printTimestamp(expiresAt) };
}

function fieldsOf(fields: readonly ({ readonly name: string } & EffectValue)[], { frame, run }: Scene): Readonly<Record<string, Json>> {
  const shown: Record<string, Json> = {};
  for (const { name, value, type } of fields) {
    const found = value(frame, run);
    shown[name] = found instanceof Missing ? null : jsonValue(found, type);
  }
  return shown;
}

/** A value as answers and the log show it: one of a private field is masked. */
export function shownValue(value: Value, type: Type, secret: boolean): Json {
  return secret ? masked(printValue(value, type)) : jsonValue(value, type);
}

/** As `mask()` does in the language. */
function masked(text: string): Json {
  const value: Value | Missing = implementation("mask")?.(text) ?? "****";
  return typeof value === "string" ? value : "****";
}
