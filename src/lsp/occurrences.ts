import type {
  CaseRow, CellTest, Effect, Expectation, Expr, FeatureDecl, Ident, InExpr, RangeExpr, RecordEntry, RuleClause, RuleDecl, TableDecl, Template, TestDecl, TestItem, TypeExpr,
} from "../syntax/ast.ts";
import type { Declarations, Meaning } from "./declarations.ts";
import type { Document } from "./document.ts";
import type { Item } from "./items.ts";
import {
  bareScope, calleeNamed, enumOf, enumOfMeaning, eventScope, isMacro, memberMeaning, memberNamed, ofLanguage, rulesetScope, valueNamed, type EnumOf, type Scope,
} from "./names.ts";
import { AGGREGATES, SIMPLE_TYPES } from "./words.ts";

/** A name where it is written. */
export interface Occurrence {
  readonly ident: { readonly name: string; readonly span: Ident["span"] };
  readonly meaning: Meaning;
  readonly declares: boolean;
}

/** The names of one item and what they stand for, in order of the text. Names without a meaning are left out. */
export function occurrencesOf(document: Document, item: Item, declarations: Declarations): readonly Occurrence[] {
  const finder = new Finder(document, item, declarations);
  finder.item();
  return finder.found.toSorted((a, b) => a.ident.span.start - b.ident.span.start);
}

/** The scope of the expressions of an item. */
export function scopeOf(item: Item, declarations: Declarations): Scope {
  const { node, container } = item;
  if (container !== null) return rulesetScope(declarations, container.name.name, container.event.name);
  if (node?.kind === "Feature") return eventScope(declarations, node.event.name);
  if (node?.kind === "Test") return bareScope(declarations);
  return bareScope(declarations);
}

class Finder {
  readonly found: Occurrence[] = [];
  readonly #document: Document;
  readonly #item: Item;
  readonly #all: Declarations;

  constructor(document: Document, item: Item, declarations: Declarations) {
    this.#document = document;
    this.#item = item;
    this.#all = declarations;
  }

  item(): void {
    const { node } = this.#item;
    if (node === null) return;
    const scope = scopeOf(this.#item, this.#all);
    switch (node.kind) {
      case "Import":
        for (const ident of node.names) this.#refer(ident, this.#all.top.get(ident.name));
        return;
      case "Event":
        this.#declare(node.name, this.#all.top.get(node.name.name));
        for (const field of node.fields) {
          const meaning = this.#all.events.get(node.name.name)?.fields.get(field.name.name)?.meaning;
          this.#declare(field.name, meaning);
          this.#type(field.type, meaning);
          if (field.default !== null) this.#expr(field.default, scope, meaning === undefined ? undefined : enumOfMeaning(meaning, scope));
          if (field.range !== null) this.#range(field.range, scope);
        }
        return;
      case "List":
        this.#declare(node.name, this.#all.top.get(node.name.name));
        this.#type(node.element, this.#all.top.get(node.name.name));
        if (node.source?.kind === "inline") for (const each of node.source.items) this.#expr(each, scope);
        return;
      case "Rates":
        this.#declare(node.name, this.#all.top.get(node.name.name));
        return;
      case "Function":
        this.#function(node);
        return;
      case "Feature":
        this.#feature(node, scope);
        return;
      case "Ruleset":
        this.#declare(node.name, this.#all.top.get(node.name.name));
        this.#refer(node.event, this.#all.events.get(node.event.name)?.meaning);
        return;
      case "Outcomes":
        for (const name of node.names) this.#declare(name, scope.ruleset?.outcomes.get(name.name));
        return;
      case "Policy":
        return;
      case "Default":
        this.#refer(node.outcome, scope.ruleset?.outcomes.get(node.outcome.name));
        return;
      case "Thresholds":
        for (const { outcome } of node.thresholds) this.#refer(outcome, scope.ruleset?.outcomes.get(outcome.name));
        return;
      case "Owner":
        return;
      case "Let":
        this.#declare(node.name, scope.ruleset?.lets.get(node.name.name));
        this.#expr(node.value, scope);
        return;
      case "Rule":
        this.#rule(node, scope);
        return;
      case "Table":
        this.#table(node, scope);
        return;
      case "Test":
        this.#test(node);
    }
  }

  #refer(ident: Occurrence["ident"], meaning: Meaning | undefined): void {
    if (meaning !== undefined && ident.name !== "") this.found.push({ ident, meaning, declares: false });
  }

  /** The name of a declaration; one that another has taken stands for that other. */
  #declare(ident: Ident, meaning: Meaning | undefined): void {
    if (meaning === undefined || ident.name === "") return;
    this.found.push({ ident, meaning, declares: meaning.place?.ident === ident });
  }

  #type(type: TypeExpr, owner: Meaning | undefined): void {
    switch (type.kind) {
      case "NamedType": {
        const doc = SIMPLE_TYPES.get(type.name.name);
        this.#refer(type.name, this.#all.events.get(type.name.name)?.meaning ?? (doc === undefined ? undefined : ofLanguage(type.name.name, "type", doc)));
        return;
      }
      case "EnumType":
        if (owner !== undefined) for (const ident of type.members) this.#declare(ident, memberMeaning({ owner, members: type.members }, ident.name));
        return;
      case "ListType":
        this.#type(type.element, undefined);
        return;
      case "MapType":
        this.#type(type.key, undefined);
        this.#type(type.value, undefined);
    }
  }

  #function(node: Extract<Item["node"], { kind: "Function" }>): void {
    this.#declare(node.name, this.#all.top.get(node.name.name));
    const locals = new Map<string, Meaning>();
    for (const param of node.params) {
      const place = { document: this.#document, item: this.#item, ident: param.name };
      const meaning: Meaning = { kind: "param", key: `${node.name.name}(${param.name.name}`, name: param.name.name, place, type: param.type, doc: null };
      locals.set(param.name.name, meaning);
      this.#declare(param.name, meaning);
      this.#type(param.type, meaning);
    }
    const own = this.#all.top.get(node.name.name);
    this.#type(node.returns, own);
    const scope: Scope = { ...bareScope(this.#all), locals };
    this.#expr(node.body, scope, own === undefined ? undefined : enumOfMeaning(own, scope));
  }

  #feature(node: FeatureDecl, scope: Scope): void {
    this.#declare(node.name, this.#all.top.get(node.name.name));
    const doc = AGGREGATES.get(node.aggregate.name);
    this.#refer(node.aggregate, doc === undefined ? undefined : ofLanguage(node.aggregate.name, "aggregate", doc));
    this.#refer(node.event, scope.event?.meaning);
    if (node.field !== null) this.#refer(node.field, scope.event?.fields.get(node.field.name)?.meaning);
    for (const clause of node.clauses) {
      if (clause.kind === "By") this.#keys(clause.keys, scope);
      else if (clause.kind === "Where") this.#expr(clause.condition, scope);
    }
  }

  #keys(keys: readonly Ident[], scope: Scope): void {
    for (const key of keys) this.#refer(key, scope.event?.fields.get(key.name)?.meaning);
  }

  #rule(node: RuleDecl, scope: Scope): void {
    this.#declare(node.name, scope.ruleset?.rules.get(node.name.name));
    for (const clause of node.clauses) this.#clause(clause, scope);
  }

  #clause(clause: RuleClause, scope: Scope): void {
    switch (clause.kind) {
      case "When":
      case "Clear":
        this.#expr(clause.condition, scope);
        if (clause.sustained !== null) this.#keys(clause.sustained.keys, scope);
        return;
      case "Then":
        this.#refer(clause.outcome, scope.ruleset?.outcomes.get(clause.outcome.name));
        return;
      case "Score":
        this.#expr(clause.score, scope);
        return;
      case "Reason":
        if (clause.text !== null) this.#template(clause.text, scope);
        return;
      case "Do":
        this.#effect(clause.effect, scope);
        return;
      case "Cooldown":
      case "Rollout":
        this.#keys(clause.keys, scope);
        return;
      case "OnMissing":
        if (clause.outcome !== null) this.#refer(clause.outcome, scope.ruleset?.outcomes.get(clause.outcome.name));
        return;
      default:
    }
  }

  #template(template: Template, scope: Scope): void {
    for (const part of template.parts) if (typeof part !== "string") this.#expr(part, scope);
  }

  #effect(effect: Effect, scope: Scope): void {
    if (effect.kind === "Emit") {
      for (const { value } of effect.fields) this.#expr(value, scope);
      return;
    }
    this.#expr(effect.value, scope);
    this.#refer(effect.list, this.#all.lists.get(effect.list.name)?.meaning);
  }

  #table(node: TableDecl, scope: Scope): void {
    this.#declare(node.name, scope.ruleset?.rules.get(node.name.name));
    for (const clause of node.clauses) this.#clause(clause, scope);
    for (const column of node.columns) this.#expr(column, scope);
    const wanted = node.columns.map((column) => enumOf(column, scope));
    for (const row of node.rows) {
      row.cells.forEach((cell, i) => {
        for (const test of cell.tests) this.#cell(test, scope, wanted[i]);
      });
      for (const output of row.outputs) if (output !== null) this.#clause(output, scope);
    }
  }

  #cell(test: CellTest, scope: Scope, wanted: EnumOf | undefined): void {
    if (test.kind === "Compare") this.#expr(test.value, scope, wanted);
    else if (test.kind === "Within") this.#range(test.range, scope);
    else if (test.kind === "Among") this.#container(test.container, scope, wanted);
  }

  #container(container: InExpr["container"], scope: Scope, wanted: EnumOf | undefined): void {
    if (container.kind === "Range") this.#range(container, scope);
    else this.#expr(container, scope, wanted);
  }

  #range({ low, high }: RangeExpr, scope: Scope): void {
    this.#expr(low, scope);
    this.#expr(high, scope);
  }

  #test(node: TestDecl): void {
    const ruleset = this.#all.rulesets.get(node.ruleset.name);
    this.#refer(node.ruleset, ruleset?.meaning);
    const scope = rulesetScope(this.#all, node.ruleset.name, ruleset?.event ?? "");
    for (const item of node.items) this.#testItem(item, scope);
  }

  #testItem(item: TestItem, scope: Scope): void {
    switch (item.kind) {
      case "GivenEvent":
      case "WhenEvent": {
        const event = this.#all.events.get(item.event.event.name);
        this.#refer(item.event.event, event?.meaning);
        this.#record(item.event.fields, { ...bareScope(this.#all), event });
        return;
      }
      case "GivenFeature":
        this.#refer(item.feature, this.#all.features.get(item.feature.name)?.meaning);
        if (item.value !== null) this.#expr(item.value, bareScope(this.#all));
        return;
      case "GivenList":
        this.#refer(item.list, this.#all.lists.get(item.list.name)?.meaning);
        for (const each of item.items) this.#expr(each, bareScope(this.#all));
        return;
      case "Clock":
        return;
      case "Expect":
        this.#expectation(item.expectation, scope);
        return;
      case "Cases": {
        const fields = item.inputs.map((input) => scope.event?.fields.get(input.name)?.meaning);
        item.inputs.forEach((input, i) => this.#refer(input, fields[i]));
        for (const row of item.rows) this.#case(row, item.outputs, fields, scope);
      }
    }
  }

  #case(row: CaseRow, outputs: readonly Ident[], fields: readonly (Meaning | undefined)[], scope: Scope): void {
    const bare = bareScope(this.#all);
    row.inputs.forEach((value, i) => {
      const field = fields[i];
      if (value !== null) this.#expr(value, bare, field === undefined ? undefined : enumOfMeaning(field, bare));
    });
    row.outputs.forEach((value, i) => {
      if (value?.kind !== "Name") return;
      const asked = outputs[i]?.name;
      if (asked === "outcome") this.#refer(value, scope.ruleset?.outcomes.get(value.name));
      else if (asked === "rule") this.#refer(value, scope.ruleset?.rules.get(value.name));
    });
  }

  /** The fields of an event, each with a value of its type. */
  #record(entries: readonly RecordEntry[], scope: Scope): void {
    const bare = bareScope(this.#all);
    for (const { name, value } of entries) {
      const field = scope.event?.fields.get(name.name)?.meaning;
      this.#refer(name, field);
      this.#expr(value, bare, field === undefined ? undefined : enumOfMeaning(field, bare));
    }
  }

  #expectation(each: Expectation, scope: Scope): void {
    const rules = scope.ruleset?.rules;
    switch (each.kind) {
      case "ExpectOutcome":
        this.#refer(each.outcome, scope.ruleset?.outcomes.get(each.outcome.name));
        return;
      case "ExpectScore":
        return;
      case "ExpectRule":
        this.#refer(each.rule, rules?.get(each.rule.name));
        return;
      case "ExpectRules":
        for (const rule of each.rules) this.#refer(rule, rules?.get(rule.name));
        return;
      case "ExpectList":
        this.#refer(each.list, this.#all.lists.get(each.list.name)?.meaning);
        this.#expr(each.item, bareScope(this.#all));
        return;
      case "ExpectFeature":
        this.#refer(each.feature, this.#all.features.get(each.feature.name)?.meaning);
        if (each.value !== null) this.#expr(each.value, bareScope(this.#all));
        return;
      default:
    }
  }

  /** `wanted` is the enum whose members may stand bare. */
  #expr(expr: Expr, scope: Scope, wanted?: EnumOf): void {
    switch (expr.kind) {
      case "Name": {
        const value = valueNamed(expr.name, scope);
        const member = wanted === undefined ? undefined : memberMeaning(wanted, expr.name);
        const isText = value?.type?.kind === "EnumType" || (value?.type?.kind === "NamedType" && value.type.name.name === "string");
        this.#refer(expr, member !== undefined && !(value !== undefined && isText) ? member : value);
        return;
      }
      case "Member":
        this.#expr(expr.object, scope);
        this.#refer(expr.member, memberNamed(expr.object, expr.member, scope));
        return;
      case "Index":
        this.#expr(expr.object, scope);
        this.#expr(expr.index, scope);
        return;
      case "Call":
        this.#call(expr, scope, wanted);
        return;
      case "Unary":
      case "IsMissing":
        this.#expr(expr.operand, scope);
        return;
      case "Binary": {
        const compares = expr.op === "==" || expr.op === "!=";
        this.#expr(expr.left, scope, compares ? enumOf(expr.right, scope) : undefined);
        this.#expr(expr.right, scope, compares ? enumOf(expr.left, scope) : undefined);
        return;
      }
      case "In":
        this.#expr(expr.item, scope);
        this.#container(expr.container, scope, enumOf(expr.item, scope));
        return;
      case "Conditional":
        this.#expr(expr.condition, scope);
        this.#expr(expr.whenTrue, scope, wanted);
        this.#expr(expr.whenFalse, scope, wanted);
        return;
      case "ListLit":
        for (const item of expr.items) this.#expr(item, scope, wanted);
        return;
      case "MapLit":
        for (const { key, value } of expr.entries) {
          this.#expr(key, scope);
          this.#expr(value, scope);
        }
        return;
      default:
    }
  }

  #call(expr: Extract<Expr, { kind: "Call" }>, scope: Scope, wanted: EnumOf | undefined): void {
    if (expr.receiver !== null) this.#expr(expr.receiver, scope);
    this.#refer(expr.callee, calleeNamed(expr.callee.name, scope));
    const [first, ...rest] = expr.args;
    if (isMacro(expr) && first?.kind === "Name") {
      const ident: Ident = { kind: "Ident", name: first.name, span: first.span };
      const place = { document: this.#document, item: this.#item, ident };
      const meaning: Meaning = { kind: "binding", key: `${this.#document.path}:${this.#item.at} ${first.span.start}`, name: first.name, place, type: null, doc: null };
      this.#declare(ident, meaning);
      const inner: Scope = { ...scope, locals: new Map([...scope.locals, [first.name, meaning]]) };
      for (const arg of rest) this.#expr(arg, inner);
      return;
    }
    const params = this.#all.functions.get(expr.callee.name)?.decl.params ?? [];
    const args = expr.receiver === null ? expr.args : [expr.receiver, ...expr.args];
    expr.args.forEach((arg) => {
      const type = params[args.indexOf(arg)]?.type;
      const owner = type?.kind === "EnumType" ? this.#paramOwner(expr.callee.name, args.indexOf(arg)) : undefined;
      this.#expr(arg, scope, owner ?? (expr.callee.name === "coalesce" ? wanted : undefined));
    });
  }

  #paramOwner(name: string, index: number): EnumOf | undefined {
    const info = this.#all.functions.get(name);
    const param = info?.decl.params[index];
    if (info === undefined || param?.type.kind !== "EnumType" || info.meaning.place === null) return undefined;
    const owner: Meaning = { kind: "param", key: `${name}(${param.name.name}`, name: param.name.name, place: { ...info.meaning.place, ident: param.name }, type: param.type, doc: null };
    return { owner, members: param.type.members };
  }
}
