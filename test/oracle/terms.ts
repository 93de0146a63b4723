import type { Dice } from "./dice.ts";
import { ADDRESSES, amount, BLOCKS, BOOL, CIDR, CURRENCIES, deltaOf, DURATION, GEO, IP, MONEY, NUMBER, number, PATTERNS, quantity, SPANS, STRING, text, time, TIMESTAMP, UNIT_ROWS, UNITS, write, type Kind } from "./kinds.ts";

export interface Variable {
  readonly text: string;
  readonly kind: Kind;
}

export interface Callable {
  readonly name: string;
  /** A text is the name of an event. */
  readonly params: readonly (Kind | string)[];
  readonly returns: Kind;
}

/** What expressions at one place can name. */
export interface Scope {
  readonly variables: readonly Variable[];
  /** Names of what `last of …` yields, with the kind of the value; null for a bare event. */
  readonly lasts: readonly { readonly text: string; readonly value: Kind | null }[];
  readonly lists: readonly { readonly name: string; readonly of: Kind; readonly managed: boolean }[];
  readonly functions: readonly Callable[];
  /** Names of features. */
  readonly windows: readonly string[];
  /** The event that may be handed to functions, as it is named here. */
  readonly event: { readonly name: string; readonly text: string } | null;
  /** In the hole of a reason text is kept to letters. */
  readonly plainText: boolean;
}

type Make = () => string;

/** What `string(…)` takes. */
const TEXTABLE: ReadonlySet<Kind["k"]> = new Set<Kind["k"]>(["number", "bool", "string", "ip", "cidr", "timestamp", "duration"]);

/** Builds well-typed source text: `make(kind, depth)` has exactly the static type `kind`. */
export class Terms {
  readonly #dice: Dice;
  readonly #scope: Scope;

  constructor(dice: Dice, scope: Scope) {
    this.#dice = dice;
    this.#scope = scope;
  }

  /** Kinds of which an expression can be made here. */
  kinds(): readonly Kind[] {
    const units = UNITS.map((unit): Kind => ({ k: "number", unit }));
    const money = CURRENCIES.map((currency): Kind => ({ k: "money", currency }));
    const always = [NUMBER, NUMBER, NUMBER, MONEY, STRING, BOOL, TIMESTAMP, DURATION, IP, CIDR, ...units, ...money];
    return [...always, ...this.#scope.variables.map((each) => each.kind)].filter((kind) => this.can(kind));
  }

  can(kind: Kind): boolean {
    if (kind.k === "enum" || kind.k === "geo" || kind.k === "map") return this.#named(kind).length > 0;
    if (kind.k === "list") return this.can(kind.of) && kind.of.k !== "enum";
    return kind.k !== "number" || kind.unit !== "ms" || this.#named(kind).length > 0;
  }

  make(kind: Kind, depth: number): string {
    const leaves = this.#leaves(kind);
    const named = this.#named(kind);
    if (named.length > 0 && this.#dice.chance(depth <= 0 ? 0.7 : 0.25)) return this.#dice.pick(named);
    if (depth <= 0 && leaves.length > 0) return this.#dice.pick(leaves)();
    const composed = [...this.#any(kind, depth - 1), ...this.#composed(kind, depth - 1)];
    if (depth > -4 && composed.length > 0 && (depth > 0 || leaves.length === 0)) return this.#dice.pick([...composed, ...leaves.slice(0, 1)])();
    return leaves.length > 0 ? this.#dice.pick(leaves)() : this.#dice.pick(named);
  }

  /** As `make`, where the place knows the type, so that a bare member may stand. */
  expected(kind: Kind, depth: number): string {
    if (kind.k === "enum" && (!this.can(kind) || this.#dice.chance(0.7))) return this.#dice.pick(kind.members);
    return this.make(kind, depth);
  }

  #named(kind: Kind): readonly string[] {
    const wanted = write(kind);
    const variables = this.#scope.variables.filter((each) => write(each.kind) === wanted).map((each) => each.text);
    const lasts = this.#scope.lasts.filter((each) => each.value !== null && write(each.value) === wanted).map((each) => `${each.text}.value`);
    const times = kind.k === "timestamp" ? this.#scope.lasts.map((each) => `${each.text}.at`) : [];
    const lists = kind.k === "list" ? this.#scope.lists.filter((each) => !each.managed && write(each.of) === write(kind.of)).map((each) => each.name) : [];
    return [...variables, ...lasts, ...times, ...lists];
  }

  quote(value: string): string {
    const escaped = JSON.stringify(value);
    return this.#dice.chance(0.5) ? `'${escaped.slice(1, -1)}'` : escaped;
  }

  #text(): string {
    return this.#scope.plainText ? `'${this.#dice.pick(["a", "ab", "B"])}'` : this.quote(text(this.#dice));
  }

  /** Text that is no literal: a literal that cannot be read is an error. */
  #computed(depth: number): string {
    return `trim(${this.make(STRING, depth)})`;
  }

  #leaves(kind: Kind): readonly Make[] {
    const dice = this.#dice;
    const literal = (value: string): string => (this.#scope.plainText ? `'${value}'` : this.quote(value));
    switch (kind.k) {
      case "number": {
        const { unit } = kind;
        if (unit === "ms") return [];
        // A product asks for a difference of temperatures.
        if (unit?.startsWith("delta ")) return [() => `(${quantity(dice)}${unit.slice(6)} * 1)`, () => `(2 * -${quantity(dice)}${unit.slice(6)})`];
        return unit === null ? [() => number(dice), () => `(-${number(dice)})`] : [() => `(${quantity(dice)}${unit})`, () => `(-${quantity(dice)}${unit})`];
      }
      case "money": {
        const { currency } = kind;
        // An amount written down has a currency; of two, only either is known.
        if (currency === null) return [() => `(${this.make(BOOL, 0)} ? ${amount(dice, "USD")} USD : ${amount(dice, "EUR")} EUR)`];
        return [() => `(${amount(dice, currency)} ${currency})`, () => `(-${amount(dice, currency)} ${currency})`];
      }
      case "string":
        return [() => this.#text()];
      case "bool":
        return [() => "true", () => "false"];
      case "timestamp":
        return [() => time(dice), () => `timestamp(${literal(time(dice))})`, () => "2026-03-01"];
      case "duration":
        return [() => dice.pick(SPANS)[0], () => `duration(${literal("1h30m")})`, () => "(-250ms)"];
      case "ip":
        return [() => `ip(${literal(dice.pick(ADDRESSES.filter((each) => !each.includes("::ffff:"))))})`];
      case "cidr":
        return [() => `cidr(${literal(dice.pick(BLOCKS))})`];
      case "list":
        return [() => `[${dice.several(1, 3, () => this.make(kind.of, 0)).join(", ")}]`];
      case "enum":
      case "geo":
      case "map":
        return [];
    }
  }

  /** What yields a value of every kind. */
  #any(kind: Kind, depth: number): readonly Make[] {
    const { functions, event } = this.#scope;
    const wanted = write(kind);
    const makes: Make[] = [];
    if (this.can(kind)) {
      makes.push(
        () => `(${this.make(BOOL, depth)} ? ${this.make(kind, depth)} : ${this.expected(kind, depth)})`,
        () => `coalesce(${this.make(kind, depth)}, ${this.expected(kind, depth)})`,
      );
      if (kind.k !== "enum" && kind.k !== "list" && kind.k !== "map") {
        makes.push(() => `[${this.make(kind, depth)}, ${this.make(kind, depth)}][${this.make(NUMBER, 0)}]`);
        if (!this.#scope.plainText) makes.push(() => `${this.#map(kind, depth)}[${this.make(STRING, 0)}]`, () => `${this.#map(kind, depth)}.${this.#dice.pick(["a", "b", "c"])}`);
      }
    }
    for (const each of functions) {
      if (write(each.returns) !== wanted || !each.params.every((param) => (typeof param === "string" ? param === event?.name : this.can(param)))) continue;
      makes.push(() => this.#call(each, depth));
    }
    if (kind.k !== "enum" && kind.k !== "list" && kind.k !== "map" && this.can(kind)) makes.push(() => `${this.make({ k: "list", of: kind }, depth)}.${this.#dice.pick(["first", "last"])}()`);
    for (const { text: name, kind: held } of this.#scope.variables) {
      if (held.k === "list" && write(held.of) === wanted) makes.push(() => `${name}[${this.make(NUMBER, 0)}]`);
      if (held.k === "map" && write(held.of) === wanted) makes.push(() => `${name}.a`, () => `${name}[${this.make(STRING, 0)}]`);
    }
    return makes;
  }

  /** Sometimes with a key given twice, or one that is computed. */
  #map(kind: Kind, depth: number): string {
    const second = this.#dice.pick(['"b"', '"b"', '"b"', '"a"', this.make(STRING, 0)]);
    return `{"a": ${this.make(kind, depth)}, ${second}: ${this.make(kind, depth)}}`;
  }

  #call({ name, params }: Callable, depth: number): string {
    const args = params.map((param) => (typeof param === "string" ? (this.#scope.event?.text ?? "") : this.expected(param, depth)));
    const [first, ...rest] = args;
    const asMethod = first !== undefined && typeof params[0] !== "string" && /^[a-z_]\w*$/.test(first) && this.#dice.chance(0.2);
    return asMethod && params[0] !== undefined && this.#named(params[0] as Kind).includes(first) ? `${first}.${name}(${rest.join(", ")})` : `${name}(${args.join(", ")})`;
  }

  #composed(kind: Kind, depth: number): readonly Make[] {
    switch (kind.k) {
      case "number":
        return this.#numbers(kind.unit, depth);
      case "money":
        return this.#money(kind.currency, depth);
      case "string":
        return this.#strings(depth);
      case "bool":
        return this.#bools(depth);
      case "timestamp":
        return this.#times(depth);
      case "duration":
        return this.#durations(depth);
      case "list":
        return [() => `(${this.make(kind, depth)} + ${this.make(kind, depth)})`, ...this.#lists(kind, depth), ...(kind.of.k === "enum" ? [] : [() => `[${this.#dice.several(1, 3, () => this.make(kind.of, depth)).join(", ")}]`])];
      case "ip":
        return [() => `ip(${this.#computed(depth)})`];
      case "cidr":
        return [() => `cidr(${this.#computed(depth)})`];
      default:
        return [];
    }
  }

  /** Kinds of items that a list can be made of anywhere. */
  #item(): Kind {
    return this.#dice.pick([NUMBER, NUMBER, STRING, { k: "money", currency: "USD" } as const, MONEY, DURATION, TIMESTAMP, BOOL, IP]);
  }

  /** The same place with the variable of a macro. */
  #inside(of: Kind): readonly [name: string, terms: Terms] {
    const { variables } = this.#scope;
    const name = `x${variables.filter((each) => /^x\d+$/.test(each.text)).length}`;
    // Three times, so that it is named often.
    const added = Array.from({ length: 3 }, () => ({ text: name, kind: of }));
    return [name, new Terms(this.#dice, { ...this.#scope, variables: [...variables, ...added] })];
  }

  /** What a macro goes through, with the kind of what it finds there: items of a list or keys of a map. */
  #through(depth: number): readonly [held: string, of: Kind] {
    const { variables } = this.#scope;
    const maps = variables.filter(({ kind }) => kind.k === "map");
    if (maps.length > 0 && this.#dice.chance(0.2)) return [this.#dice.pick(maps).text, STRING];
    const of = this.#item();
    const listed = variables.filter(({ kind }) => kind.k === "list");
    const [chosen] = listed.length > 0 && this.#dice.chance(0.5) ? [this.#dice.pick(listed)] : [];
    if (chosen?.kind.k === "list") return [chosen.text, chosen.kind.of];
    return [this.make({ k: "list", of }, depth), of];
  }

  #question(macro: string, depth: number): string {
    const [held, of] = this.#through(depth);
    const [name, inside] = this.#inside(of);
    // Of what `coalesce` is given something is kept, for the item at hand only.
    const kept = ["number", "string", "money", "duration"].includes(of.k) && this.#dice.chance(0.4);
    const asked = kept ? `(coalesce(${inside.composite(of, name)}, ${inside.make(of, 0)}) == ${inside.make(of, 0)})` : inside.make(BOOL, depth + 1);
    return `${held}.${macro}(${name}, ${asked})`;
  }

  /** A sum or a part that a name enters. */
  composite(kind: Kind, name: string): string {
    if (kind.k === "number" && deltaOf(kind.unit) !== null) return `max(${name}, ${this.make(kind, 0)})`;
    return kind.k === "string" ? `lower(${name} + ${this.make(kind, 0)})` : `(${name} + ${this.make(kind, 0)})`;
  }

  #lists(kind: Extract<Kind, { k: "list" | "map" }>, depth: number): readonly Make[] {
    const x = (): string => this.make(kind, depth);
    const [name, inside] = this.#inside(kind.of);
    const mapped = (where: boolean): string => {
      const [held, of] = this.#through(depth);
      const [each, there] = this.#inside(of);
      return `${held}.map(${each}, ${where ? `${there.make(BOOL, depth)}, ` : ""}${there.make(kind.of, depth)})`;
    };
    const sorted = ["number", "string", "bool", "timestamp", "duration"].includes(kind.of.k);
    return [
      () => `${x()}.filter(${name}, ${inside.make(BOOL, depth)})`, () => `${x()}.reverse()`, () => `${x()}.distinct()`, ...(this.can(kind.of) ? [() => mapped(false), () => mapped(true)] : []),
      ...(sorted ? [() => `${x()}.sort()`] : []), ...(kind.of.k === "string" ? [() => `${this.make(STRING, depth)}.split(${this.make(STRING, 0)})`] : []),
    ];
  }

  /** `-x`, the least, the greatest and the absolute value. */
  #scalar(kind: Kind, depth: number): readonly Make[] {
    const x = (): string => this.make(kind, depth);
    return [() => `(-${x()})`, () => `min(${x()}, ${x()})`, () => `max(${x()}, ${x()}, ${x()})`, () => `abs(${x()})`, () => `clamp(${x()}, ${x()}, ${x()})`,
      ...(kind.k === "number" || kind.k === "money" || kind.k === "duration" ? [() => `sum(${this.make({ k: "list", of: kind }, depth)})`, () => `max(${this.make({ k: "list", of: kind }, depth)})`] : [])];
  }

  #numbers(unit: string | null, depth: number): readonly Make[] {
    const kind: Kind = { k: "number", unit };
    const x = (): string => this.make(kind, depth);
    const plain = (): string => this.make(this.#dice.chance(0.2) ? { k: "number", unit: "%" } : NUMBER, depth);
    const rounded = [() => `round(${x()})`, () => `floor(${x()})`, () => `ceil(${x()})`, () => `trunc(${x()})`];
    const difference = deltaOf(unit);
    if (difference !== null) return [...rounded, ...this.#points(kind, { k: "number", unit: difference }, depth)];
    const common = [() => `(${x()} + ${x()})`, () => `(${x()} - ${x()})`, () => `(${x()} % ${x()})`, ...rounded, ...this.#scalar(kind, depth)];
    if (unit?.startsWith("delta ")) common.push(...this.#differences({ k: "number", unit: unit.slice(6) }, depth));
    if (unit === "%") return common;
    const scaled = unit === null ? [] : [() => `(${x()} * ${plain()})`, () => `(${plain()} * ${x()})`, () => `(${x()} / ${plain()})`];
    return unit === null ? [...common, ...this.#plainNumbers(depth)] : [...common, ...scaled];
  }

  /** Points that differences have moved. */
  #points(kind: Kind, difference: Kind, depth: number): readonly Make[] {
    const x = (): string => this.make(kind, depth);
    const d = (): string => this.make(difference, depth);
    // A literal beside a difference would be a difference itself.
    const point = (): string => `max(${x()}, ${x()})`;
    const written = (): string => `${quantity(this.#dice)}${kind.k === "number" ? kind.unit : ""}`;
    return [
      () => `(${point()} + ${d()})`, () => `(${d()} + ${point()})`, () => `(${point()} - ${d()})`, () => `(${x()} + ${written()})`, () => `(${x()} - ${written()})`,
      () => `(-${written()} + ${x()})`, () => `min(${x()}, ${x()})`, point,
    ];
  }

  /** Differences of two points that are not both written down: a literal behind a minus would be the difference itself. */
  #differences(point: Kind, depth: number): readonly Make[] {
    const named = this.#named(point);
    if (named.length === 0) return [];
    return [() => `(${this.make(point, depth)} - ${this.#dice.pick(named)})`];
  }

  #plainNumbers(depth: number): readonly Make[] {
    const dice = this.#dice;
    const x = (): string => this.make(NUMBER, depth);
    const percent = (): string => this.make({ k: "number", unit: "%" }, depth);
    const pair = (kind: Kind, op: string): string => `(${this.make(kind, depth)} ${op} ${this.make(kind, depth)})`;
    const row = dice.pick(UNIT_ROWS.filter(([first]) => first !== "%" && first !== "degC" && first !== "ms"));
    const unit = (): string => this.make({ k: "number", unit: dice.pick(row) }, depth);
    const part = dice.pick(["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds"]);
    return [
      () => `(${x()} * ${x()})`, () => `(${x()} / ${x()})`, () => `(${x()} / ${x()})`, () => `(${x()} * ${percent()})`, () => `(${x()} / ${percent()})`,
      () => pair(DURATION, "/"), () => pair(MONEY, "/"), () => pair({ k: "money", currency: dice.pick(CURRENCIES) }, "/"),
      () => `(${unit()} / ${unit()})`, () => `size(${this.make(STRING, depth)})`, () => `sqrt(${x()})`, () => `sign(${x()})`,
      () => `${this.make(STRING, depth)}.${dice.pick(["indexOf", "lastIndexOf"])}(${this.make(STRING, depth)})`, () => `levenshtein(${this.make(STRING, depth)}, ${this.make(STRING, depth)})`,
      () => `days_between(${this.make(TIMESTAMP, depth)}, ${this.make(TIMESTAMP, depth)})`, () => `${this.make(TIMESTAMP, depth)}.${dice.pick(["getHours", "getMinutes", "getSeconds"])}(${this.#zone()})`,
      () => `${this.make(TIMESTAMP, depth)}.${part}()`, () => `${this.make(DURATION, depth)}.${dice.pick(["getHours", "getMinutes", "getSeconds"])}()`,
      ...this.#sizes(depth), ...(this.can(GEO) ? [() => `${this.make(GEO, 0)}.${dice.pick(["lat", "lon"])}`, () => `(distance(${this.make(GEO, 0)}, ${this.make(GEO, 0)}) / ${this.make({ k: "number", unit: "metre" }, depth)})`] : []),
    ];
  }

  #sizes(depth: number): readonly Make[] {
    const held = this.#scope.variables.filter(({ kind }) => kind.k === "list" || kind.k === "map");
    return [() => `size(${this.make({ k: "list", of: NUMBER }, depth)})`, ...held.map(({ text: name }) => () => `${name}.size()`)];
  }

  #money(currency: string | null, depth: number): readonly Make[] {
    const exact: Kind = { k: "money", currency };
    const x = (): string => this.make(exact, depth);
    const loose = (): string => this.make(this.#dice.chance(0.3) ? MONEY : exact, depth);
    const n = (): string => this.make(this.#dice.chance(0.3) ? { k: "number", unit: "%" } : NUMBER, depth);
    const op = this.#dice.pick(["+", "-"]);
    return [
      () => `(${x()} ${op} ${loose()})`, () => (currency === null ? `(${x()} ${op} ${x()})` : `(${loose()} ${op} ${x()})`),
      () => `(${x()} * ${n()})`, () => `(${n()} * ${x()})`, () => `(${x()} / ${n()})`, ...this.#scalar(exact, depth),
    ];
  }

  #zone(): string {
    return `'${this.#dice.pick(["+02:00", "-02:30", "05:45"])}'`;
  }

  #durations(depth: number): readonly Make[] {
    const x = (): string => this.make(DURATION, depth);
    const t = (): string => this.make(TIMESTAMP, depth);
    const n = (): string => this.make(this.#dice.chance(0.3) ? { k: "number", unit: "%" } : NUMBER, depth);
    return [
      () => `(${t()} - ${t()})`, () => `(${x()} + ${x()})`, () => `(${x()} - ${x()})`, () => `(${x()} * ${n()})`, () => `(${n()} * ${x()})`, () => `(${x()} / ${n()})`,
      () => `(${x()} % ${x()})`, () => `time_of_day(${t()}, ${this.#zone()})`, () => `duration(${this.#computed(depth)})`, ...this.#scalar(DURATION, depth),
    ];
  }

  #times(depth: number): readonly Make[] {
    const t = (): string => this.make(TIMESTAMP, depth);
    const d = (): string => this.make(DURATION, depth);
    return [() => `(${t()} + ${d()})`, () => `(${d()} + ${t()})`, () => `(${t()} - ${d()})`, () => `min(${t()}, ${t()})`, () => `max(${t()}, ${t()})`, () => `timestamp(${this.#computed(depth)})`];
  }

  #strings(depth: number): readonly Make[] {
    const x = (): string => this.make(STRING, depth);
    const printable = this.kinds().filter((kind) => TEXTABLE.has(kind.k));
    return [
      () => `(${x()} + ${x()})`, () => `lower(${x()})`, () => `${x()}.upper()`, () => `trim(${x()})`, () => `mask(${x()})`, () => `email_domain(${x()})`, () => `${x()}.${this.#dice.pick(["lowerAscii", "upperAscii", "reverse"])}()`,
      () => `${x()}.charAt(${this.make(NUMBER, 0)})`, () => `${x()}.substring(${this.#dice.pick([0, 1, 2])}, ${this.make(NUMBER, 0)})`, () => `${x()}.substring(${this.#dice.pick([0, 1])})`,
      () => `${x()}.replace(${x()}, ${x()})`, () => `${this.make({ k: "list", of: STRING }, depth)}.join(${x()})`,
      () => `string(${this.make(this.#dice.pick(printable), depth)})`,
    ];
  }

  #bools(depth: number): readonly Make[] {
    const dice = this.#dice;
    const x = (): string => this.make(BOOL, depth);
    const chain = (): string => `(${dice.several(2, 4, x).join(dice.pick([" and ", " or ", " && ", " || "]))})`;
    const any = (): string => this.make(dice.pick(this.kinds()), depth);
    const s = (): string => this.make(STRING, depth);
    const { windows } = this.#scope;
    return [
      ...(windows.length === 0 ? [] : [() => `known(${dice.pick(windows)})`, () => `${dice.pick(windows)}.known()`]),
      chain, chain, chain, () => `(not ${x()})`, () => `(!${x()})`, ...Array.from({ length: 6 }, () => () => this.comparison(depth)),
      () => this.range(depth), () => this.range(depth), () => this.membership(depth), () => this.membership(depth),
      () => `(${any()} is ${dice.pick(["missing", "present"])})`, () => `has(${any()})`, () => `${s()}.${dice.pick(["startsWith", "endsWith", "contains"])}(${s()})`,
      () => `${s()}.matches(${this.#scope.plainText ? "'^a'" : this.quote(dice.pick(PATTERNS))})`, () => `(${this.make(IP, depth)} in ${this.make(CIDR, depth)})`,
      () => `within(${this.make(IP, depth)}, ${this.make(CIDR, depth)})`, () => `is_ipv6(${this.make(IP, depth)})`, () => `is_private(${this.make(IP, depth)})`, () => `luhn(${s()})`, () => `isIP(${this.#computed(depth)})`,
      ...["exists", "all", "exists", "all", "exists_one"].map((macro) => () => this.#question(macro, depth)),
    ];
  }

  /** Two kinds that may be compared: equal ones, or amounts of which one currency is known. */
  comparison(depth: number): string {
    const kind = this.#dice.pick(this.kinds());
    const ordered = ["number", "money", "timestamp", "duration", "string", "bool"].includes(kind.k);
    const op = this.#dice.pick(ordered ? ["==", "!=", "<", "<=", ">", ">=", "<", "<=", ">", ">="] : ["==", "!="]);
    const other = kind.k === "money" ? this.#dice.pick([kind, MONEY]) : kind;
    const [left, right] = [this.make(kind, depth), kind.k === "number" && kind.unit === "ms" && this.#dice.chance(0.5) ? this.#dice.pick(["500ms", "10ms"]) : this.expected(other, depth)];
    return `(${left} ${op} ${right})`;
  }

  range(depth: number): string {
    const kind = this.#dice.pick(this.kinds().filter((each) => ["number", "money", "timestamp", "duration", "string"].includes(each.k)));
    return `(${this.make(kind, depth)} ${this.#in()} ${this.make(kind, depth)}..${this.make(kind, depth)})`;
  }

  #in(): string {
    return this.#dice.pick(["in", "in", "not in"]);
  }

  membership(depth: number): string {
    const { lists } = this.#scope;
    const declared = lists.filter(({ of }) => (of.k === "cidr" ? this.can(IP) : this.can(of)));
    if (declared.length > 0 && this.#dice.chance(0.5)) {
      const { name, of } = this.#dice.pick(declared);
      return `(${this.make(of.k === "cidr" && this.#dice.chance(0.8) ? IP : of, depth)} ${this.#in()} ${name})`;
    }
    const kind = this.#dice.pick(this.kinds().filter((each) => each.k !== "list" && each.k !== "map"));
    const items = this.#dice.several(1, 4, () => this.expected(kind, depth - 1));
    if (kind.k === "string" && !this.#scope.plainText && this.#dice.chance(0.3)) return `(${this.make(kind, depth)} ${this.#in()} {"a": 1, "b": ${this.make(NUMBER, depth)}})`;
    return `(${this.make(kind, depth)} ${this.#in()} [${items.join(", ")}])`;
  }
}
