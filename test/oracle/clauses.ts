import type { Dice } from "./dice.ts";
import { BOOL, NUMBER, SPANS, START, write, type Kind } from "./kinds.ts";
import type { EventModel, Field } from "./programs.ts";
import type { Terms } from "./terms.ts";

/** What the clauses of one ruleset can name. */
export interface Around {
  readonly event: EventModel;
  readonly outcomes: readonly string[];
  /** For conditions and scores. */
  readonly terms: Terms;
  /** For the holes of reasons. */
  readonly holes: Terms;
  /** Fields that an entity can be found by. */
  readonly keys: readonly Field[];
  readonly lists: readonly { readonly name: string; readonly of: Kind; readonly managed: boolean }[];
}

function by(dice: Dice, { keys }: Around): string {
  const some = dice.some(keys, 0.5).map((key) => key.name);
  return dice.chance(0.4) || some.length === 0 ? "" : ` by ${some.join(", ")}`;
}

function length(dice: Dice): string {
  return dice.pick(SPANS)[0];
}

/** `when …`, sometimes with state. */
export function when(dice: Dice, around: Around, condition: string): readonly string[] {
  if (around.keys.length === 0 || dice.chance(0.7)) return [`when ${condition}`];
  const key = by(dice, around);
  const held = dice.chance(0.7) ? ` for ${length(dice)}${key}` : "";
  const clear = `clear when ${around.terms.make(BOOL, 1)}${dice.chance(0.5) ? ` for ${length(dice)}` : ""}`;
  return [`when ${condition}${held}`, ...(dice.chance(0.6) ? [clear] : [])];
}

/** Whether, when and for whom a rule counts, and what it does. */
export function life(dice: Dice, name: string, around: Around): readonly string[] {
  const { outcomes, keys } = around;
  const clauses: string[] = [];
  const maybe = (share: number, make: () => string): void => {
    if (dice.chance(share)) clauses.push(make());
  };
  maybe(0.2, () => `on missing ${dice.pick(["no match", "match", "match", ...outcomes])}`);
  maybe(0.2, () => `mode ${dice.pick(["live", "shadow", "shadow", "off"])}`);
  maybe(0.1, () => active(dice));
  maybe(0.1, () => `was ${name}b, ${name}a`);
  maybe(0.1, () => `owner "risk" review by 2027-01-31`);
  maybe(0.2, () => `notice N1 ${dice.pick(["", '"please call {us}"'])}`);
  if (keys.length > 0) {
    maybe(0.15, () => `cooldown ${length(dice)}${by(dice, around)}`);
    maybe(0.12, () => `rollout ${dice.pick([0, 30, 50, 100])}%${by(dice, around)}`);
  }
  for (let i = dice.chance(0.25) ? 1 + dice.below(2) : 0; i > 0; i--) clauses.push(`do ${effect(dice, around)}`);
  return clauses.toSorted(() => dice.roll() - 0.5);
}

function active(dice: Dice): string {
  const time = (hours: number): string => new Date(START + hours * 3_600_000).toISOString();
  const from = dice.pick(["2026-03-01", time(0), time(1), time(3.5)]);
  const until = dice.pick(["2026-03-01", "2026-03-02", time(4), time(9)]);
  return `active ${dice.pick([`from ${from}`, `until ${until}`, `from ${from} until ${until}`])}`;
}

function effect(dice: Dice, { terms, event, lists }: Around): string {
  const managed = lists.filter((list) => list.managed && terms.can(list.of));
  const list = managed.length === 0 || dice.chance(0.3) ? undefined : dice.pick(managed);
  if (list === undefined) {
    const fields = dice.several(0, 2, () => terms.make(dice.pick(terms.kinds()), 1)).map((value, i) => `f${i}: ${value}`);
    return `emit alarm { ${fields.join(", ")} }`;
  }
  const secret = list.of.k === "string" && dice.chance(0.8) ? event.fields.find((field) => field.pii) : undefined;
  const value = secret?.name ?? terms.expected(list.of, dice.below(2));
  if (dice.chance(0.4)) return `remove ${value} from ${list.name}`;
  return `add ${value} to ${list.name}${dice.chance(0.5) ? ` for ${length(dice)}` : ""}`;
}

/** A table over a few columns. */
export function table(dice: Dice, name: string, around: Around): string {
  const { terms, holes, outcomes } = around;
  const kinds = dice.several(1, 3, () => dice.pick(terms.kinds().filter((kind) => kind.k !== "map" && write(kind) !== "number[ms]")));
  const columns = kinds.map((kind) => terms.make(kind, dice.below(2)));
  const results = ["then", ...dice.some(["score", "reason", "tags", "notice"], 0.5)];
  const says = (result: string): string => {
    switch (result) {
      case "then":
        return dice.pick(outcomes);
      case "score":
        return dice.chance(0.6) ? String(dice.pick([1, 5, 10, -5, 0])) : terms.make(NUMBER, 1);
      case "reason":
        return `R1 "row: {${holes.make(dice.pick(holes.kinds()), 1)}}"`;
      case "notice":
        return 'N2 "row"';
      default:
        return "odd, row";
    }
  };
  const rows = dice.several(1, 4, () => {
    const cells = kinds.map((kind) => cell(dice, kind, around));
    return `    | ${cells.join(" | ")} => ${results.map((each) => (dice.chance(0.15) ? "-" : says(each))).join(" | ")} |`;
  });
  const clauses = [...(dice.chance(0.5) ? when(dice, around, terms.make(BOOL, 2)) : []), ...life(dice, name, around), ...(dice.chance(0.2) ? [`score ${dice.pick([1, 5])}`] : [])];
  const head = `  table ${name} ${dice.pick(["", '"A table"'])} ${dice.pick(["", "first", "unique", "all"])} {`;
  return [head, ...clauses.map((clause) => `    ${clause}`), `    | ${columns.join(" | ")} => ${results.join(" | ")} |`, ...rows, "  }"].join("\n");
}

const ORDERED: ReadonlySet<Kind["k"]> = new Set(["number", "money", "timestamp", "duration", "string"]);

function cell(dice: Dice, kind: Kind, around: Around): string {
  if (dice.chance(0.2)) return "-";
  return dice.several(1, dice.chance(0.3) ? 3 : 1, () => cellTest(dice, kind, around)).join(", ");
}

function cellTest(dice: Dice, kind: Kind, { terms, lists }: Around): string {
  const ordered = ORDERED.has(kind.k);
  const value = (): string => terms.expected(kind, dice.below(2));
  const held = lists.filter((list) => write(list.of) === write(kind)).map((list) => list.name);
  const tests = [
    () => value(),
    () => value(),
    () => `${dice.pick(ordered ? ["==", "!=", "<", "<=", ">", ">="] : ["==", "!="])} ${value()}`,
    () => `is ${dice.pick(["missing", "present"])}`,
    ...(ordered ? [() => `${terms.make(kind, 0)}..${terms.make(kind, 0)}`, () => `${dice.pick(["<", ">="])} ${value()}`] : []),
    ...(kind.k === "list" ? [] : [() => `${dice.pick(["in", "not in"])} ${dice.pick([`[${value()}, ${value()}]`, ...held])}`]),
  ];
  return dice.pick(tests)();
}
