import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { shape } from "./shape.ts";
import type { Expr } from "../../src/syntax/ast.ts";
import { readFile, told } from "./reading.ts";

const EXPRESSIONS: ReadonlySet<unknown> = new Set([
  "NumberLit", "QuantityLit", "MoneyLit", "TimestampLit", "StringLit", "BoolLit", "NullLit", "Name", "Member", "Index", "Call", "Unary",
  "Binary", "In", "IsMissing", "Conditional", "ListLit", "MapLit", "Error",
]);

/** A tree without its spans; names are text, expressions as `shape` writes them. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  if ("kind" in value && value.kind === "Ident" && "name" in value) return value.name;
  if ("kind" in value && EXPRESSIONS.has(value.kind)) return shape(value as Expr);
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== "span").map(([key, inner]) => [key, bare(inner)]));
}

function reads(text: string, ...expected: readonly unknown[]): void {
  const { tree, diagnostics } = readFile(text);
  assert.deepEqual(told(diagnostics, text), []);
  assert.deepEqual(bare(tree.decls), expected);
}

const named = (name: string, argument: string | null = null): object => ({ kind: "NamedType", name, argument });

suite("declarations", () => {
  test("imports", () => {
    reads('import a, list_b from "common/lists.risk"', { kind: "Import", names: ["a", "list_b"], from: '"common/lists.risk"' });
  });

  test("events: every type, marks before and behind a default, documentation", () => {
    const field = (name: string, type: object, rest: object = {}): object => ({
      kind: "Field", name, type, optional: false, annotations: [], default: null, range: null, doc: null, ...rest,
    });
    reads(
      `/// A payment.
       event payment {
         id: string @id
         at: timestamp? @time @pii
         /// How much.
         amount: money[USD] = 5.00 USD @key
         speed: number[mm/s]
         share: number [ % ]
         channel: enum(pos, ecom) @pii = pos
         names: list[list[string]]
         map: map[string, number[km/h]]
         score: other
       }`,
      {
        kind: "Event",
        name: "payment",
        doc: "A payment.",
        fields: [
          field("id", named("string"), { annotations: ["id"] }),
          field("at", named("timestamp"), { optional: true, annotations: ["time", "pii"] }),
          field("amount", named("money", "USD"), { annotations: ["key"], default: "5.00:USD", doc: "How much." }),
          field("speed", named("number", "mm/s")),
          field("share", named("number", "%")),
          field("channel", { kind: "EnumType", members: ["pos", "ecom"] }, { annotations: ["pii"], default: "pos" }),
          field("names", { kind: "ListType", element: { kind: "ListType", element: named("string") } }),
          field("map", { kind: "MapType", key: named("string"), value: named("number", "km/h") }),
          field("score", named("other")),
        ],
      },
    );
  });

  test("lists: inline, from a file, managed", () => {
    const list = (name: string, element: object, source: object): object => ({ kind: "List", name, element, source, doc: null });
    reads(
      `list a: string = ["x", "y",] list b: cidr from "lists/vpn.csv" list c: ip managed list d: enum(x, y) managed ttl 30d`,
      list("a", named("string"), { kind: "inline", items: ['"x"', '"y"'] }),
      list("b", named("cidr"), { kind: "file", path: '"lists/vpn.csv"' }),
      list("c", named("ip"), { kind: "managed", ttl: null }),
      list("d", { kind: "EnumType", members: ["x", "y"] }, { kind: "managed", ttl: "30:d" }),
    );
  });

  test("functions", () => {
    reads(
      "function f(a: geo, b: list[string]): number[km/h] = a.x / size(b) function g(): bool = true",
      {
        kind: "Function", name: "f", doc: null,
        params: [{ kind: "Param", name: "a", type: named("geo") }, { kind: "Param", name: "b", type: { kind: "ListType", element: named("string") } }],
        returns: named("number", "km/h"), body: "(/ (. a x) (size b))",
      },
      { kind: "Function", name: "g", doc: null, params: [], returns: named("bool"), body: "true" },
    );
  });

  test("features: clauses in any order", () => {
    const feature = (name: string, rest: object): object => ({ kind: "Feature", name, argument: null, field: null, doc: null, event: "payment", ...rest });
    const [by, over] = [{ kind: "By", keys: ["a", "b"] }, { kind: "Over", window: "1:h" }];
    const rest = [{ kind: "Ending", ago: "7:d" }, { kind: "Where", condition: "(and fraud (not x))" }, { kind: "Lateness", allowed: "10:m" }, { kind: "Excluding" }];
    reads(
      `feature n = count of payment by a, b over 1h ending 7d ago where fraud and not x lateness 10m excluding current
       feature m = sum of payment.amount excluding current lateness 10m where fraud and not x ending 7d ago over 1h by a, b
       feature over = exists of payment by by over 1h
       feature lateness = count of payment by lateness over 1h where lateness > 1 lateness 1d`,
      feature("n", { aggregate: "count", clauses: [by, over, ...rest] }),
      feature("m", { aggregate: "sum", field: "amount", clauses: [...rest.toReversed(), over, by] }),
      feature("over", { aggregate: "exists", clauses: [{ kind: "By", keys: ["by"] }, over] }),
      feature("lateness", { aggregate: "count", clauses: [{ kind: "By", keys: ["lateness"] }, over, { kind: "Where", condition: "(> lateness 1)" }, { kind: "Lateness", allowed: "1:d" }] }),
    );
  });

  test("rulesets and rules", () => {
    reads(
      `ruleset cards on payment {
         outcomes allow < review < decline
         policy worst default allow
         thresholds review at 50, decline at -80.5
         let ratio = a / b
         /// Why.
         rule one "Title" {
           when ratio > 5 or score then decline score min(10 * ratio, 40)
           reason R1 "{ratio} times {'x' + y}, {{no hole}}"
           tags velocity, card_testing
         }
         rule two { reason R2 }
       }`,
      {
        kind: "Ruleset", name: "cards", event: "payment", doc: null,
        items: [
          { kind: "Outcomes", names: ["allow", "review", "decline"] },
          { kind: "Policy", name: "worst" },
          { kind: "Default", outcome: "allow" },
          { kind: "Thresholds", thresholds: [{ outcome: "review", at: "50" }, { outcome: "decline", at: "-80.5" }] },
          { kind: "Let", name: "ratio", value: "(/ a b)", doc: null },
          {
            kind: "Rule", name: "one", title: '"Title"', doc: "Why.",
            clauses: [
              { kind: "When", sustained: null, condition: "(or (> ratio 5) score)" },
              { kind: "Then", outcome: "decline" },
              { kind: "Score", score: "(min (* 10 ratio) 40)" },
              { kind: "Reason", code: "R1", text: { kind: "Template", parts: ["ratio", " times ", '(+ "x" y)', ", {no hole}"] } },
              { kind: "Tags", tags: ["velocity", "card_testing"] },
            ],
          },
          { kind: "Rule", name: "two", title: null, doc: null, clauses: [{ kind: "Reason", code: "R2", text: null }] },
        ],
      },
    );
  });
});
