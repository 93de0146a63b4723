import type { EffectIr, EventIr, ExprIr, HoldIr, RulesetIr } from "../ir/ir.ts";
import type { RuleFace, RuleStore } from "../ir/pack.ts";
import { compileExpr, type Lookups } from "./closures.ts";
import { entityReader } from "./entity.ts";
import { freeze } from "./freeze.ts";
import { type Closure, type EffectProgram, type Hit, HIT_KEPT, type HoldProgram, nothingKept, type RuleProgram, type Told } from "./program.ts";

/** What the parts of one ruleset are linked with. */
export interface Linking {
  readonly ruleset: Pick<RulesetIr, "name">;
  readonly lookups: Lookups;
  readonly fields: readonly string[];
  readonly rules: RuleStore;
}

/** Rules that are linked already, each by its IR. */
export type KnownRules = WeakMap<RuleFace, RuleProgram>;

/** The field names of an event, by which state is named. */
export function fieldsOf(event: EventIr): readonly string[] {
  return event.schema.fields.map((field) => field.name);
}

/** The rules of a ruleset, each linked when it is first asked for: of ten thousand most events ask a few. */
export class LinkedRules {
  readonly #linking: Linking;
  readonly #known: KnownRules | null;
  readonly #linked: (RuleProgram | undefined)[];
  #all: readonly RuleProgram[] | null = null;

  /** @param known taken from and added to, where rules have an identity: those of this thread */
  constructor(linking: Linking, known: KnownRules | null) {
    this.#linking = linking;
    this.#known = known;
    // oxlint-disable-next-line unicorn/no-new-array -- filled as events ask; making ten thousand entries would take longer than all else of linking
    this.#linked = new Array<RuleProgram | undefined>(linking.rules.size);
  }

  at(place: number): RuleProgram {
    return (this.#linked[place] ??= this.#link(place));
  }

  #link(place: number): RuleProgram {
    const face = this.#linking.rules.face(place);
    const rule = this.#known?.get(face) ?? new LinkedRule(this.#linking, place, freeze(face));
    this.#known?.set(face, rule);
    return rule;
  }

  /** Those from one place up to another, which is not among them. */
  between(from: number, to: number): readonly RuleProgram[] {
    return Object.freeze(Array.from({ length: to - from }, (_, i) => this.at(from + i)));
  }

  all(): readonly RuleProgram[] {
    return (this.#all ??= this.between(0, this.#linked.length));
  }
}

/** A rule; what it says is there at once, what is computed becomes closures when it is first computed. */
class LinkedRule implements RuleProgram {
  readonly place: number;
  readonly id: string;
  readonly key: string;
  readonly row: number | null;
  readonly title: string | null;
  readonly hold: HoldProgram | null;
  readonly plain: boolean;
  readonly outcome: string | null;
  readonly notice: RuleProgram["notice"];
  readonly tags: readonly string[];
  readonly fixed: Hit | null;
  readonly acts: boolean;
  readonly cooldown: RuleProgram["cooldown"];
  readonly onMissing: RuleProgram["onMissing"];
  readonly mode: RuleProgram["mode"];
  readonly rollout: RuleProgram["rollout"];
  readonly active: RuleProgram["active"];
  readonly owner: string | null;
  readonly reviewBy: number | null;
  readonly was: readonly string[];
  readonly span: RuleProgram["span"];
  readonly #linking: Linking;
  readonly #face: RuleFace;
  #when: Closure | undefined;
  #score: Closure | null | undefined;
  #reason: RuleProgram["reason"] | undefined;
  #effects: readonly EffectProgram[] | undefined;
  #told: Told | undefined;

  constructor(linking: Linking, place: number, face: RuleFace) {
    this.#linking = linking;
    this.#face = face;
    this.place = place;
    this.id = face.id;
    this.key = face.key;
    this.row = face.row;
    this.title = face.title;
    this.hold = face.hold === null || face.table !== null ? null : linkHold(linking, face.hold, face.key);
    this.plain = isPlain(face);
    this.outcome = face.outcome;
    this.notice = face.notice;
    this.tags = face.tags;
    this.fixed = fixedHit(face);
    this.acts = face.effects.length > 0;
    this.cooldown = linkCooldown(linking, face);
    this.onMissing = face.onMissing;
    this.mode = face.mode;
    this.rollout = face.rollout === null ? null : Object.freeze({ entity: entityReader(face.rollout.keys), share: face.rollout.share });
    this.active = face.active;
    this.owner = face.owner;
    this.reviewBy = face.reviewBy;
    this.was = face.was;
    this.span = face.span;
    Object.freeze(this);
  }

  get when(): Closure {
    if (this.#when !== undefined) return this.#when;
    const { when, cells } = this.#linking.rules.condition(this.place);
    return (this.#when = compileExpr(cells ?? when, this.#linking.lookups));
  }

  get score(): Closure | null {
    return (this.#score ??= this.#compiled(this.#face.score));
  }

  get reason(): RuleProgram["reason"] {
    const { reason } = this.#face;
    return (this.#reason ??= reason === null ? null : Object.freeze({ code: reason.code, text: this.#compiled(reason.text) }));
  }

  get effects(): readonly EffectProgram[] {
    return (this.#effects ??= Object.freeze(this.#face.effects.map((effect) => linkEffect(this.#linking, effect))));
  }

  get told(): Told {
    const { rules } = this.#linking;
    return (this.#told ??= freeze({ when: rules.condition(this.place).when, origins: rules.origins(this.place) }));
  }

  #compiled(expr: ExprIr | null): Closure | null {
    return expr === null ? null : compileExpr(expr, this.#linking.lookups);
  }
}

function linkCooldown(linking: Linking, { cooldown, key }: RuleFace): RuleProgram["cooldown"] {
  if (cooldown === null) return null;
  return Object.freeze({ state: stateName(linking, key, cooldown.keys), entity: entityReader(cooldown.keys), duration: cooldown.duration });
}

/** One object for all the hits of a rule whose score and reason are constants: most rules say the same every time. */
function fixedHit({ id, row, title, outcome, score, reason, notice, tags, mode }: RuleFace): Hit | null {
  const points = score === null ? 0 : score.op === "const" ? score.value : null;
  const text = reason === null ? "" : fixedText(reason.text, title);
  if (typeof points !== "number" || !Number.isFinite(points) || text === null) return null;
  const hit: Hit = {
    id,
    row,
    outcome,
    score: points,
    reason: reason === null ? null : Object.freeze({ code: reason.code, text }),
    notice: freeze(notice),
    tags: freeze(tags),
    mode: mode === "live" ? "live" : "shadow",
  };
  return Object.freeze(Object.defineProperty(hit, HIT_KEPT, { value: nothingKept() }));
}

/** The text of a reason without holes; a reason without text has the title. */
function fixedText(text: ExprIr | null, title: string | null): string | null {
  if (text === null) return title ?? "";
  if (text.op !== "template") return null;
  const parts = text.parts.filter((part) => typeof part === "string");
  return parts.length === text.parts.length ? parts.join("") : null;
}

function isPlain(rule: RuleFace): boolean {
  return (
    rule.table === null &&
    rule.hold === null &&
    rule.cooldown === null &&
    rule.onMissing.action === "none" &&
    rule.mode === "live" &&
    rule.rollout === null &&
    rule.active === null &&
    rule.effects.length === 0
  );
}

export function linkHold(linking: Linking, { keys, duration, clear }: HoldIr, key: string): HoldProgram {
  return Object.freeze({
    state: stateName(linking, key, keys),
    entity: entityReader(keys),
    duration,
    clear: clear === null ? null : Object.freeze({ when: compileExpr(clear.when, linking.lookups), duration: clear.duration }),
  });
}

/** State belongs to a rule of a ruleset and to fields: going by others it starts anew. */
function stateName({ ruleset, fields }: Linking, key: string, keys: readonly number[]): string {
  return `${ruleset.name}/${key}/${keys.map((slot) => fields[slot]).join(",")}/`;
}

function linkEffect({ lookups }: Linking, effect: EffectIr): EffectProgram {
  if (effect.kind === "emit") {
    const fields = effect.fields.map(({ name, value, type }) => Object.freeze({ name, value: compileExpr(value, lookups), type: freeze(type) }));
    return Object.freeze({ kind: "emit", name: effect.name, fields: Object.freeze(fields) });
  }
  return Object.freeze({ ...effect, value: compileExpr(effect.value, lookups), type: freeze(effect.type) });
}
