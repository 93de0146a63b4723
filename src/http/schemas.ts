import { Type, type Static } from "typebox";

/*
 * What goes over the wire, for checking requests and for the OpenAPI description. Events are objects here: their own
 * schema stands in the rule files and is checked by the engine.
 */

const closed = { additionalProperties: false } as const;

const EventObject = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: "object",
  description: "The event, with the fields that the rule files declare for its type.",
});
const Explain = Type.Boolean({ description: "Adds the features that the event type can see, and the trace: why every rule matched or did not." });

export const EventRequest = Type.Object(
  {
    type: Type.String({ minLength: 1, description: "Event type as declared in the rule files." }),
    event: EventObject,
    explain: Type.Optional(Explain),
  },
  { ...closed, title: "Event" },
);
export type EventRequest = Static<typeof EventRequest>;

/** CloudEvents 1.0, structured mode; extension attributes are allowed and ignored. */
export const CloudEvent = Type.Object(
  {
    specversion: Type.Literal("1.0"),
    type: Type.String({ minLength: 1, description: "Event type as declared in the rule files." }),
    source: Type.String({ minLength: 1 }),
    id: Type.String({ minLength: 1, description: "Fills the `@id` field where the data lack it." }),
    time: Type.Optional(Type.String({ description: "RFC 3339; fills the `@time` field where the data lack it." })),
    datacontenttype: Type.Optional(Type.Literal("application/json")),
    data: EventObject,
    explain: Type.Optional(Explain),
  },
  { title: "CloudEvent" },
);
export type CloudEvent = Static<typeof CloudEvent>;

export const CheckRequest = Type.Object(
  {
    files: Type.Array(
      Type.Object(
        {
          path: Type.String({ minLength: 1, maxLength: 512, description: "Relative, with forward slashes; other names than `*.risk` are list files." }),
          text: Type.String(),
        },
        closed,
      ),
      { minItems: 1 },
    ),
  },
  { ...closed, title: "Sources" },
);
export type CheckRequest = Static<typeof CheckRequest>;

export const ListEntryRequest = Type.Object(
  {
    value: Type.Unknown({ description: "A value of the list's element type." }),
    expiresAt: Type.Optional(
      Type.Union([Type.String({ description: "RFC 3339." }), Type.Null()], {
        description: "Null for ever; without it the list's `ttl` counts from now.",
      }),
    ),
  },
  { ...closed, title: "ListEntry" },
);
export type ListEntryRequest = Static<typeof ListEntryRequest>;

export const LabelRequest = Type.Object(
  {
    eventId: Type.String({ minLength: 1, maxLength: 1_024, description: "The value of the event's `@id` field." }),
    type: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: "Its event type; needed where several types use the same ids." })),
    label: Type.String({ minLength: 1, maxLength: 200, description: "What became of it, such as `fraud` or `genuine`." }),
    at: Type.Optional(Type.String({ description: "RFC 3339, when that was known; now unless given." })),
  },
  { ...closed, title: "LabelRequest" },
);
export type LabelRequest = Static<typeof LabelRequest>;

export const LabelAnswer = Type.Object(
  {
    eventId: Type.String(),
    type: Type.String(),
    label: Type.String(),
    at: Type.String({ format: "date-time" }),
    replayed: Type.Boolean({ description: "True where the event had this label already, and nothing was added." }),
  },
  { title: "Label" },
);
export type LabelAnswer = Static<typeof LabelAnswer>;

const Violations = Type.Array(
  Type.Object({ path: Type.String({ description: "JSON Pointer." }), message: Type.String() }),
);

export function problemSchema(codes: readonly string[]) {
  return Type.Object(
    {
      type: Type.String(),
      title: Type.String(),
      status: Type.Integer(),
      detail: Type.String(),
      code: Type.Enum([...codes]),
      remedy: Type.String(),
      violations: Violations,
    },
    { title: "Problem", description: "An error as in RFC 9457." },
  );
}

const Text = Type.Union([Type.Object({ code: Type.String(), text: Type.String() }), Type.Null()]);
const Row = Type.Union([Type.Integer(), Type.Null()], { description: "Number of the table's row from 1; null for a rule." });

const RuleHit = Type.Object({
  id: Type.String({ description: "Name of the rule or table." }),
  row: Row,
  outcome: Type.Union([Type.String(), Type.Null()]),
  score: Type.Number(),
  reason: Type.Unsafe<Static<typeof Text>>({ ...Text, description: "For the analyst." }),
  notice: Type.Unsafe<Static<typeof Text>>({ ...Text, description: "For the customer: fixed text without values." }),
  tags: Type.Array(Type.String()),
  mode: Type.Enum(["live", "shadow"], { description: "A hit in shadow counts for nothing in the decision." }),
});

const RulesetDecision = Type.Object({
  outcome: Type.String(),
  outcomes: Type.Optional(Type.Array(Type.String(), { description: "With `policy all`: every outcome that was named, worst first." })),
  score: Type.Number(),
  rules: Type.Array(RuleHit),
});

const Effect = Type.Object({
  do: Type.Enum(["add", "remove", "emit"]),
  ruleset: Type.String(),
  rule: Type.String(),
  row: Row,
  list: Type.Optional(Type.String({ description: "With `add` and `remove`." })),
  value: Type.Optional(Type.Unknown({ description: "With `add` and `remove`; private values are masked." })),
  expiresAt: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: "With `add`; null for ever." })),
  name: Type.Optional(Type.String({ description: "With `emit`." })),
  fields: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "With `emit`." })),
});

const OfRule = Type.Union([Type.String(), Type.Null()], { description: "Null with `time` and `feature`, which are about the event." });
const Degraded = Type.Object({
  ruleset: OfRule,
  rule: OfRule,
  row: Row,
  part: Type.Enum(["score", "policy", "effect", "time", "feature"], {
    description:
      "A score that could not be computed, a policy `unique` that was not kept, an effect that could not be carried out, a time ahead of the clock that was changed, a feature that was read although its window is not whole.",
  }),
  feature: Type.Optional(Type.String({ description: "With `feature`: which one." })),
  missing: Type.String({ description: "Why." }),
});

const Quality = Type.Object(
  {
    coverage: Type.Number({ minimum: 0, maximum: 1, description: "The part of the window over which all events were counted." }),
    since: Type.Union([Type.String({ format: "date-time" }), Type.Null()], { description: "Since when all were; null where nothing of the window was seen." }),
    approx: Type.Boolean({ description: "Whether so many events are in it that the older ones are kept in panes." }),
    late: Type.Boolean({ description: "Whether the event came later than the feature allows." }),
    evicted: Type.Boolean({ description: "Whether events of the window may have been evicted, because memory was used up." }),
  },
  { description: "How far the value of a feature is to be trusted." },
);

const place = {
  file: Type.String(),
  line: Type.Integer({ description: "From 1, as all lines and columns." }),
  column: Type.Integer(),
  endLine: Type.Integer(),
  endColumn: Type.Integer({ description: "The first one after it." }),
};
const Printed = Type.Union([Type.String(), Type.Null()]);

const TraceNode = Type.Object(
  {
    text: Type.String({ description: "As written, cut where it is long." }),
    ...place,
    value: Type.Unknown({ description: "What it came to; null with `missing`." }),
    shown: Type.String({ description: "The same for people." }),
    missing: Type.Optional(Type.String({ description: "Why there is no value." })),
    quality: Type.Optional(Quality),
    masked: Type.Optional(Type.Literal(true, { description: "The value shows a private field." })),
    parts: Type.Array(Type.Unknown({ description: "A node like this one." })),
  },
  { description: "A part of the condition with what it came to." },
);

const Flip = Type.Union([
  Type.Object({
    input: Type.Enum(["field", "feature"]),
    name: Type.String(),
    from: Type.Unknown({ description: "As events carry it; null where it is missing or private." }),
    to: Type.Unknown({ description: "Null for missing." }),
    holds: Type.Boolean({ description: "Whether the condition holds after the change." }),
    text: Type.String(),
  }),
  Type.Null(),
]);

const RuleTrace = Type.Object({
  id: Type.String(),
  row: Row,
  mode: Type.Enum(["live", "shadow", "off"]),
  result: Type.Enum(["matched", "not matched", "missing", "held", "cooling", "outside rollout", "inactive", "off", "not reached"]),
  why: Type.String({ description: "In one sentence." }),
  decisive: Type.Union(
    [
      Type.Object({
        text: Type.String(),
        ...place,
        value: Printed,
        limit: Printed,
        distance: Type.Unsafe<string | null>({ ...Printed, description: "How far the value is from the limit, in its unit." }),
      }),
      Type.Null(),
    ],
    { description: "The first part because of which the condition is not true." },
  ),
  flip: Type.Unsafe<Static<typeof Flip>>({ ...Flip, description: "The smallest change of one field that turns the condition, all others as they are." }),
  featureFlip: Type.Unsafe<Static<typeof Flip>>({ ...Flip, description: "The same for one feature." }),
  tree: Type.Array(TraceNode),
});

const RulesetTrace = Type.Object({
  because: Type.Object({
    by: Type.Enum(["rules", "threshold", "default"]),
    outcome: Type.String(),
    rules: Type.Array(Type.Object({ id: Type.String(), row: Row })),
    threshold: Type.Union([Type.Number(), Type.Null()]),
    score: Type.Number(),
    text: Type.String(),
  }),
  rules: Type.Array(RuleTrace, { description: "Those that matched first." }),
  omitted: Type.Integer({ description: "Rules that are left out because there are too many." }),
});

export const DecisionAnswer = Type.Object(
  {
    id: Type.String({ description: "UUID version 7." }),
    type: Type.String(),
    eventId: Type.Union([Type.String(), Type.Null()]),
    version: Type.String({ description: "Content hash of the rules folder." }),
    seq: Type.Integer({ description: "Number of the event in the log; it grows, with gaps where other things were written down." }),
    evaluatedAt: Type.String({ format: "date-time" }),
    decisions: Type.Record(Type.String(), RulesetDecision, { description: "By ruleset." }),
    effects: Type.Array(Effect, { description: "What live rules did, once for the event." }),
    degraded: Type.Array(Degraded),
    replayed: Type.Boolean({ description: "True for the stored answer to a retry." }),
    traceId: Type.Union([Type.String(), Type.Null()]),
    durationUs: Type.Number(),
    features: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "With `explain`." })),
    quality: Type.Optional(Type.Record(Type.String(), Quality, { description: "With `explain`: the features that are not exact, or whose window was not seen whole." })),
    trace: Type.Optional(Type.Record(Type.String(), RulesetTrace, { description: "With `explain`, by ruleset; not in the answer to a retry." })),
  },
  { title: "Decision" },
);

export const ReceiptAnswer = Type.Object(
  {
    type: Type.String(),
    eventId: Type.Union([Type.String(), Type.Null()]),
    version: Type.String(),
    seq: Type.Integer(),
    replayed: Type.Boolean(),
    degraded: Type.Optional(Type.Array(Degraded, { description: "What of the event was changed; left out where nothing was." })),
  },
  { title: "Receipt" },
);
