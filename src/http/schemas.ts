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
const Explain = Type.Boolean({ description: "Adds the features that the event type can see." });

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

const RuleHit = Type.Object({
  id: Type.String(),
  outcome: Type.Union([Type.String(), Type.Null()]),
  score: Type.Number(),
  reason: Type.Union([Type.Object({ code: Type.String(), text: Type.String() }), Type.Null()]),
  tags: Type.Array(Type.String()),
  mode: Type.Literal("live"),
});

export const DecisionAnswer = Type.Object(
  {
    id: Type.String({ description: "UUID version 7." }),
    type: Type.String(),
    eventId: Type.Union([Type.String(), Type.Null()]),
    version: Type.String({ description: "Content hash of the rules folder." }),
    seq: Type.Integer({ description: "Counts the accepted events of this process." }),
    evaluatedAt: Type.String({ format: "date-time" }),
    decisions: Type.Record(Type.String(), Type.Object({ outcome: Type.String(), score: Type.Number(), rules: Type.Array(RuleHit) }), {
      description: "By ruleset.",
    }),
    degraded: Type.Array(Type.Object({ ruleset: Type.String(), rule: Type.String(), part: Type.String(), missing: Type.String() })),
    replayed: Type.Boolean({ description: "True for the stored answer to a retry." }),
    traceId: Type.Union([Type.String(), Type.Null()]),
    durationUs: Type.Number(),
    features: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
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
  },
  { title: "Receipt" },
);
