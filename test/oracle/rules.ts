import type { Checked, RulesetInfo } from "../../src/check/checked.ts";
import type { CellTest, Effect, Expr, Ident, QuantityLit, RuleClause, RuleDecl, RulesetClause, TableDecl, TableRow } from "../../src/syntax/ast.ts";
import { span } from "./builtins.ts";
import type { Interpreter, Surroundings } from "./interpret.ts";
import { json, show, showTime } from "./text.ts";
import { ABSENT, address, identical, type Answer, type Plain } from "./values.ts";

/*
 * Rules, tables and policies straight from the syntax tree. State is not kept but found again: from everything that a
 * condition said, and from every match, since the first event.
 */

/** What one condition with state said at one event, in order of time; events that came late are not among them. */
interface Saying {
  readonly rule: string;
  readonly entity: string;
  readonly at: number;
  readonly holds: Answer;
  readonly clears: Answer;
}

interface Match {
  readonly rule: string;
  readonly entity: string;
  readonly at: number;
}

interface Entry {
  readonly item: Plain;
  readonly until: number | null;
}

/** All that was ever said, matched and put on lists. */
export class Memory {
  readonly sayings: Saying[] = [];
  readonly matches: Match[] = [];
  readonly lists = new Map<string, readonly Entry[]>();

  listed(list: string, item: Plain, now: number): boolean {
    return (this.lists.get(list) ?? []).some((entry) => isSame(entry.item, item) && (entry.until === null || now < entry.until));
  }

  put(list: string, item: Plain, until: number | null): void {
    this.remove(list, item);
    this.lists.set(list, [...(this.lists.get(list) ?? []), { item, until }]);
  }

  remove(list: string, item: Plain): void {
    this.lists.set(list, (this.lists.get(list) ?? []).filter((entry) => !isSame(entry.item, item)));
  }
}

/** Addresses may have been put on a list as text. */
function isSame(entry: Plain, item: Plain): boolean {
  return entry === item || identical(entry, item) || (typeof entry === "string" && typeof item === "object" && identical(address(entry) as Plain, item));
}

/** What is told of one event. */
export interface Notes {
  readonly degraded: string[];
  readonly missing: string[];
  readonly effects: unknown[];
}

type Find = <K extends RuleClause["kind"]>(kind: K) => Extract<RuleClause, { kind: K }> | undefined;

/** A rule or the row of a table: what its clauses say, those of a row before those of its table. */
interface Asked {
  readonly name: string;
  readonly row: number | null;
  readonly title: string;
  readonly find: Find;
  readonly cells: Answer;
}

interface Hit {
  readonly id: string;
  readonly outcome: string | null;
  readonly score: number;
  readonly mode: string;
}

function finder(...lists: readonly (readonly (RuleClause | null)[])[]): Find {
  return <K extends RuleClause["kind"]>(kind: K) =>
    lists.flat().find((each): each is Extract<RuleClause, { kind: K }> => each?.kind === kind);
}

/** One ruleset at one event. */
export class Ruling {
  readonly #checked: Checked;
  readonly #interpreter: Interpreter;
  readonly #memory: Memory;
  readonly #ruleset: RulesetInfo;
  readonly #around: Surroundings;
  readonly #notes: Notes;
  readonly #hits: Hit[] = [];
  readonly #fired: Asked[] = [];

  constructor(checked: Checked, interpreter: Interpreter, memory: Memory, ruleset: RulesetInfo, around: Surroundings, notes: Notes) {
    this.#checked = checked;
    this.#interpreter = interpreter;
    this.#memory = memory;
    this.#ruleset = ruleset;
    this.#around = around;
    this.#notes = notes;
  }

  decide(): unknown {
    const outcomes = this.#clause("Outcomes")?.names.map((each) => each.name) ?? [];
    for (const item of this.#ruleset.decl.items) if (item.kind === "Rule" || item.kind === "Table") this.#item(item);
    const live = this.#hits.filter((hit) => hit.mode === "live");
    const score = live.reduce((sum, hit) => sum + hit.score, 0);
    const reached = new Set((this.#clause("Thresholds")?.thresholds ?? []).filter(({ at }) => score >= at.value).map((each) => each.outcome.name));
    const named = outcomes.toReversed().filter((outcome) => reached.has(outcome) || live.some((hit) => hit.outcome === outcome));
    const outcome = named[0] ?? this.#clause("Default")?.outcome.name ?? outcomes[0];
    const different = [...new Set(live.map((hit) => hit.id))];
    if (this.#policy() === "unique" && different.length > 1) this.#notes.degraded.push(`${this.#name()}.${different[0] ?? ""}..policy`);
    return { outcome, ...(this.#policy() === "all" ? { outcomes: named } : {}), score, rules: this.#hits };
  }

  /** What the rules that matched do, after all rulesets have decided. */
  carryOut(now: number): void {
    for (const asked of this.#fired) {
      const { decl } = this.#ruleset;
      const item = decl.items.find((each): each is RuleDecl | TableDecl => (each.kind === "Rule" || each.kind === "Table") && each.name.name === asked.name);
      for (const clause of item?.clauses ?? []) if (clause.kind === "Do") this.#effect(clause.effect, asked, now);
    }
  }

  #name(): string {
    return this.#ruleset.decl.name.name;
  }

  #policy(): string {
    return this.#clause("Policy")?.name.name ?? "worst";
  }

  #clause<K extends RulesetClause["kind"]>(kind: K): Extract<RulesetClause, { kind: K }> | undefined {
    return this.#ruleset.decl.items.find((each): each is Extract<RulesetClause, { kind: K }> => each.kind === kind);
  }

  #value(expr: Expr): Answer {
    return this.#interpreter.value(expr, this.#around);
  }

  #item(item: RuleDecl | TableDecl): void {
    const find = finder(item.clauses);
    if (find("Mode")?.mode.name === "off" || !this.#isActive(find("Active"))) return;
    const guard = this.#guard(item, find);
    const isLive = find("Mode")?.mode.name !== "shadow";
    const before = this.#hits.length;
    const wasCooling = isLive && this.#isCooling(item, find);
    for (const asked of this.#asked(item)) {
      if (this.#policy() === "first" && this.#hits.some((hit) => hit.mode === "live")) break;
      const matched = both(guard, asked.cells);
      if (matched === false || !this.#inShare(item, find)) continue;
      const id = `${this.#name()}.${asked.name}.${asked.row ?? ""}`;
      if (matched === ABSENT) this.#notes.missing.push(id);
      const missing = find("OnMissing");
      if (matched === ABSENT && (missing === undefined || missing.action === "none")) continue;
      if (wasCooling) continue;
      const instead = matched === ABSENT && missing?.action === "outcome" ? missing.outcome : null;
      this.#hits.push(this.#hit(asked, instead, id));
      if (isLive && instead === null) this.#fired.push(asked);
      if (item.kind === "Table" && (item.policy?.name ?? "first") === "first") break;
    }
    const matches = this.#hits.length - before;
    const cooldown = find("Cooldown");
    const entity = cooldown === undefined ? undefined : this.#entity(cooldown.keys);
    if (isLive && matches > 0 && entity !== undefined) this.#memory.matches.push({ rule: this.#state(item), entity, at: this.#around.happening.at });
    if (isLive && matches > 1 && item.kind === "Table" && item.policy?.name === "unique") this.#notes.degraded.push(`${this.#name()}.${item.name.name}..policy`);
  }

  #asked(item: RuleDecl | TableDecl): readonly Asked[] {
    const shared = { name: item.name.name, title: item.title?.value ?? "" };
    if (item.kind === "Rule") return [{ ...shared, row: null, find: finder(item.clauses), cells: true }];
    return item.rows.map((row, i) => ({ ...shared, row: i + 1, find: finder(row.outputs, item.clauses), cells: this.#row(item, row) }));
  }

  #row({ columns }: TableDecl, { cells }: TableRow): Answer {
    return cells.reduce<Answer>((all, cell, i) => {
      const answers = cell.tests.map((each) => this.#test(columns[i] as Expr, each));
      const any = answers.includes(true) ? true : answers.includes(ABSENT) ? ABSENT : answers.length === 0;
      return both(all, any);
    }, true);
  }

  #test(column: Expr, test: CellTest): Answer {
    const { span: at } = test;
    switch (test.kind) {
      case "Compare":
        return this.#value({ kind: "Binary", op: test.op, opSpan: at, left: column, right: test.value, span: at });
      case "Within":
        return this.#value({ kind: "In", negated: false, item: column, container: test.range, opSpan: at, span: at });
      case "Among":
        return this.#value({ kind: "In", negated: test.negated, item: column, container: test.container, opSpan: at, span: at });
      case "Presence":
        return (this.#value(column) === ABSENT) !== test.negated;
    }
  }

  #isActive(clause: Extract<RuleClause, { kind: "Active" }> | undefined): boolean {
    const { at } = this.#around.happening;
    const from = clause?.from ? Date.parse(clause.from.text) : Number.NEGATIVE_INFINITY;
    const until = clause?.until ? Date.parse(/T/i.test(clause.until.text) ? clause.until.text : `${clause.until.text}T23:59:59.999Z`) : Number.POSITIVE_INFINITY;
    const isDay = clause?.until !== undefined && clause.until !== null && !/T/i.test(clause.until.text);
    return at >= from && (isDay ? at <= until : at < until);
  }

  /** What the state of a rule goes by. */
  #state(item: RuleDecl | TableDecl): string {
    return `${this.#name()}.${item.name.name}`;
  }

  /** Values of the key fields as text; undefined where one is missing. */
  #entity(keys: readonly Ident[]): string | undefined {
    const { event, fields } = this.#around.happening;
    const first = event.decl.fields.find((field) => field.annotations.some((each) => each.name === "key"))?.name.name ?? "";
    const values = (keys.length === 0 ? [first] : keys.map((key) => key.name)).map((name) => fields.get(name) ?? ABSENT);
    if (values.includes(ABSENT)) return undefined;
    const plain = values.map((value) => (typeof value === "number" ? value : typeof value === "object" ? (value as { readonly text: string }).text : String(value)));
    return plain.length === 1 ? String(plain[0]) : JSON.stringify(plain);
  }

  #inShare(item: RuleDecl | TableDecl, find: Find): boolean {
    const rollout = find("Rollout");
    if (rollout === undefined || rollout.share.value === 100) return true;
    const entity = this.#entity(rollout.keys);
    const key = find("Was")?.names.at(-1)?.name ?? item.name.name;
    return entity !== undefined && hash(key, entity) * 100n < BigInt(rollout.share.value) * 2n ** 32n;
  }

  #isCooling(item: RuleDecl | TableDecl, find: Find): boolean {
    const cooldown = find("Cooldown");
    const entity = cooldown === undefined ? undefined : this.#entity(cooldown.keys);
    if (cooldown === undefined || entity === undefined) return false;
    const { at } = this.#around.happening;
    return this.#memory.matches.some((match) => match.rule === this.#state(item) && match.entity === entity && at < match.at + lengthOf(cooldown.duration));
  }

  /** What `when` says, with all that was said before where it has state. */
  #guard(item: RuleDecl | TableDecl, find: Find): Answer {
    const when = find("When");
    const clear = find("Clear");
    if (when === undefined) return true;
    const value = this.#value(when.condition);
    if (when.sustained === null && clear === undefined) return value;
    const keys = [when.sustained, clear?.sustained ?? null].find((each) => each !== null && each.keys.length > 0)?.keys ?? [];
    const entity = this.#entity(keys);
    if (entity === undefined) return ABSENT;
    const { at } = this.#around.happening;
    const now: Saying = { rule: this.#state(item), entity, at, holds: value, clears: clear === undefined ? false : this.#value(clear.condition) };
    const before = this.#memory.sayings.filter((each) => each.rule === now.rule && each.entity === entity);
    const isLate = before.some((each) => each.at > at);
    if (!isLate) this.#memory.sayings.push(now);
    const known = isLate ? before : [...before, now];
    const held = (which: "holds" | "clears", each: Saying, upTo: readonly Saying[], duration: QuantityLit | undefined): boolean => {
      if (each[which] !== true) return false;
      const began = unbroken(upTo.map((one) => [one.at, one[which]]));
      return duration === undefined || (began !== undefined && each.at - began >= lengthOf(duration));
    };
    const [holdFor, clearFor] = [when.sustained?.duration, clear?.sustained?.duration];
    if (clear === undefined) return value === ABSENT ? ABSENT : held("holds", now, known, holdFor);
    // Played from the beginning: fired, and not cleared since.
    let on = false;
    const play = (each: Saying, upTo: readonly Saying[]): void => {
      on = !held("clears", each, upTo, clearFor) && (on || held("holds", each, upTo, holdFor));
    };
    before.forEach((each, i) => play(each, before.slice(0, i + 1)));
    play(now, known);
    return !on && value === ABSENT ? ABSENT : on;
  }

  #hit({ name, row, title, find }: Asked, instead: Ident | null, id: string) {
    const score = find("Score");
    const value = score === undefined || instead !== null ? 0 : this.#value(score.score);
    const good = typeof value === "number" && Number.isFinite(value);
    if (!good) this.#notes.degraded.push(`${id}.score`);
    const reason = find("Reason");
    const notice = find("Notice");
    return {
      id: name,
      row,
      outcome: instead?.name ?? find("Then")?.outcome.name ?? null,
      score: good ? value : 0,
      reason: reason === undefined ? null : { code: reason.code.name, text: reason.text ? this.#interpreter.template(reason.text, this.#around) : title },
      notice: notice === undefined ? null : { code: notice.code.name, text: notice.text?.value ?? "" },
      tags: find("Tags")?.tags.map((tag) => tag.name) ?? [],
      mode: find("Mode")?.mode.name ?? "live",
    };
  }

  #effect(effect: Effect, { name, row }: Asked, now: number): void {
    const by = { ruleset: this.#name(), rule: name, row };
    if (effect.kind === "Emit") {
      const fields = effect.fields.map(({ name: field, value }) => [field.name, json(this.#value(value), this.#checked.tables.typeOf(value))]);
      this.#notes.effects.push({ do: "emit", ...by, name: effect.name.name, fields: Object.fromEntries(fields) });
      return;
    }
    const value = this.#value(effect.value);
    if (value === ABSENT) {
      this.#notes.degraded.push(`${this.#name()}.${name}.${row ?? ""}.effect`);
      return;
    }
    const list = effect.list.name;
    const info = this.#checked.lists.find((each) => each.decl.name.name === list);
    const type = info?.element ?? { kind: "error" };
    const shown = this.#isPrivate(effect.value) ? masked(show(value, type)) : json(value, type);
    if (effect.kind === "Remove") {
      this.#memory.remove(list, value);
      this.#notes.effects.push({ do: "remove", ...by, list, value: shown });
      return;
    }
    const ttl = effect.ttl ?? (info?.decl.source?.kind === "managed" ? info.decl.source.ttl : null);
    const until = ttl === null ? null : now + lengthOf(ttl);
    this.#memory.put(list, value, until);
    this.#notes.effects.push({ do: "add", ...by, list, value: shown, expiresAt: until === null ? null : showTime(until) });
  }

  #isPrivate(expr: Expr): boolean {
    const field = expr.kind === "Name" ? this.#around.happening.event.decl.fields.find((each) => each.name.name === expr.name) : undefined;
    return field?.annotations.some((each) => each.name === "pii") ?? false;
  }
}

function both(a: Answer, b: Answer): Answer {
  if (a === false || b === false) return false;
  return a === ABSENT || b === ABSENT ? ABSENT : true;
}

function lengthOf({ value, unit }: QuantityLit): number {
  return Math.round(value * span(unit));
}

/** Since when the last answers have been true, over those that are missing; undefined when the last one that counts is not. */
function unbroken(answers: readonly (readonly [at: number, answer: Answer])[]): number | undefined {
  const counted = answers.filter(([, answer]) => answer !== ABSENT);
  const broken = counted.findLastIndex(([, answer]) => answer === false);
  return counted[broken + 1]?.[0];
}

export function masked(text: string): string {
  const points = [...text];
  return points.length > 8 ? `****${points.slice(-4).join("")}` : "****";
}

/** The hash that the language documents for rollouts, in whole numbers without a limit. */
function hash(key: string, entity: string): bigint {
  const bytes = [...Buffer.from(key, "utf16le"), null, ...Buffer.from(entity, "utf16le")];
  const cut = (value: bigint): bigint => BigInt.asUintN(32, value);
  let mixed = bytes.reduce((state, byte) => cut((state ^ BigInt(byte ?? 0)) * 16_777_619n), 2_166_136_261n);
  for (const [shift, factor] of [[16n, 0x85ebca6bn], [13n, 0xc2b2ae35n]] as const) mixed = cut((mixed ^ (mixed >> shift)) * factor);
  return mixed ^ (mixed >> 16n);
}
