import type { EventProgram, Program, RuleProgram, RulesetProgram } from "../../src/compile/program.ts";
import type { EventSchema, FieldSchema } from "../../src/types/schema.ts";
import { MONEY, NUMBER, STRING, TIMESTAMP, type Type } from "../../src/types/type.ts";
import type { Money } from "../../src/types/value.ts";
import { Missing } from "../../src/types/value.ts";
import type { WindowPlan } from "../../src/windows/spec.ts";

function field(name: string, type: Type, optional = false): FieldSchema {
  return { name, type, optional, default: null, range: null, key: name === "card", pii: name === "card", doc: null };
}

const schema: EventSchema = {
  name: "payment",
  doc: "Card authorisation request.",
  fields: [field("id", STRING), field("at", TIMESTAMP), field("card", STRING), field("amount", MONEY), field("country", STRING, true), { ...field("risk", NUMBER, true), range: { low: -1e6, high: 1e6 } }],
  id: 0,
  time: 1,
};

const plan: WindowPlan = {
  features: [
    {
      name: "card_tx_1h",
      identity: "card_tx_1h",
      source: "payment",
      keys: ["card"],
      aggregate: "count",
      argument: null,
      domain: "none",
      over: 3_600_000,
      delay: 0,
      excludingCurrent: false,
      where: null,
      value: null,
      key: String,
      compare: () => 0,
    },
  ],
  logs: [{ source: "payment", keys: ["card"], features: [0] }],
  access: new Map([["payment", [{ log: 0, entity: (frame) => (typeof frame[2] === "string" ? frame[2] : undefined), records: true }]]]),
};

const span = { file: "payments.risk", start: 10, end: 20 };

/** A rule that has only what is told of it. */
function rule(given: Pick<RuleProgram, "id" | "when" | "outcome"> & Partial<RuleProgram>): RuleProgram {
  return {
    place: 0,
    acts: false,
    key: given.id,
    told: { when: { op: "const", value: true }, origins: [] },
    row: null,
    title: null,
    hold: null,
    plain: true,
    score: null,
    reason: null,
    notice: null,
    tags: [],
    fixed: null,
    effects: [],
    cooldown: null,
    onMissing: { action: "none" },
    mode: "live",
    rollout: null,
    active: null,
    owner: null,
    reviewBy: null,
    was: [],
    span,
    ...given,
  };
}

/** What rule text would compile to: a limit, a velocity rule, a managed list, and a rule over an optional field. */
export function paymentProgram(version = "v1"): Program {
  const rules = [
    rule({ id: "large", title: "Large", when: (frame) => (frame[3] as Money).minor > 20_000, outcome: "review", score: () => 30, reason: { code: "R1", text: () => "large amount" }, tags: ["amount"] }),
    rule({ id: "velocity", when: (_frame, run) => Number(run.feature(0)) >= 10, outcome: "decline", score: () => 60 }),
    rule({ id: "blocked", when: (frame, run) => run.listed("blocked_cards", frame[2] as string), outcome: "decline" }),
    rule({ id: "abroad", when: (frame) => (frame[4] instanceof Missing ? frame[4] : frame[4] !== "US"), outcome: "review" }),
  ];
  const ruleset: RulesetProgram = {
    name: "card_payments",
    event: "payment",
    outcomes: ["allow", "review", "decline"],
    policy: "worst",
    default: "allow",
    thresholds: [],
    rules,
    tables: [],
    steps: rules.map((each) => ({ rule: each, table: null })),
    held: [],
    matching: null,
    types: [],
  };
  const event: EventProgram = {
    schema,
    frameSize: 7,
    features: [{ name: "card_tx_1h", feature: 0, slot: 6, type: NUMBER, secret: false }],
    rulesets: [ruleset],
  };
  return Object.freeze({
    version,
    files: ["payments.risk"],
    sources: [{ bytes: null, path: "payments.risk", text: "12345678\n".repeat(4) }],
    lookups: { lists: [], rates: [] },
    events: new Map([["payment", event]]),
    rulesets: [ruleset],
    lists: new Map([
      ["blocked_cards", { name: "blocked_cards", element: STRING, source: "managed" as const, ttl: 86_400_000, size: 0, example: undefined }],
      ["scores", { name: "scores", element: NUMBER, source: "managed" as const, ttl: null, size: 0, example: undefined }],
      ["countries", { name: "countries", element: STRING, source: "inline" as const, ttl: null, size: 2, example: undefined }],
    ]),
    rates: [{ name: "ecb", source: "file" as const, editions: 2, first: Date.UTC(2016, 11, 30), newest: Date.UTC(2017, 11, 29) }],
    windows: plan,
    retained: [],
  });
}
