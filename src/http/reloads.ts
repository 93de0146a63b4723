import { Type, type Static, type TSchema } from "typebox";

/* Loading rules, over the wire. */

export const ReloadRequest = Type.Object(
  {
    cold: Type.Optional(Type.Boolean({ description: "Activate what the folder holds without waiting for the past of new features, also what is warming now. Their values say so in their coverage." })),
  },
  { additionalProperties: false, title: "Reload" },
);
export type ReloadRequest = Static<typeof ReloadRequest>;

const Text = Type.String();
const Names = Type.Array(Text);
const Time = Type.String({ format: "date-time" });

function orNull(type: TSchema): TSchema {
  return Type.Union([type, Type.Null()]);
}

const Feature = Type.Object({
  name: Text,
  action: Type.Union([Type.Literal("keep"), Type.Literal("start"), Type.Literal("drop")]),
  was: orNull(Type.String({ description: "The name that it had before." })),
  reason: Type.String({ description: "In words, such as `its window changed from 1h to 2h`." }),
});

const Fill = Type.Object(
  {
    source: Text,
    keys: Names,
    features: Type.Array(Text, { description: "Those that begin." }),
    kept: Type.Array(Text, { description: "Those beside them that go on." }),
    from: Type.Union([Type.Literal("log"), Type.Literal("nothing")]),
    reason: orNull(Type.String({ description: "Why from nothing." })),
    since: orNull(Type.String({ format: "date-time", description: "Event time from which on events are read; null for all that there are." })),
    oldest: orNull(Type.String({ format: "date-time", description: "Time of the oldest event that is there." })),
    events: Type.Integer({ description: "Events that will be read, as far as is known." }),
  },
  { description: "Where the features of one source and key get their past from." },
);

const Retained = Type.Array(Type.Object({ name: Text, version: Text }), { description: "Features that only earlier versions declare. Their state goes on for a return to these." });

const Plan = Type.Object({ version: Text, from: orNull(Text), features: Type.Array(Feature), retained: Retained, fills: Type.Array(Fill) });

const Attempt = Type.Object({
  at: Time,
  version: orNull(Text),
  ok: Type.Boolean(),
  stage: orNull(Type.String({ description: "The stage that failed." })),
  durationMs: Type.Number(),
  stages: Type.Array(Type.Object({ name: Text, startMs: Type.Number(), durationMs: Type.Number() })),
  diagnostics: Type.Array(Type.Unknown()),
  main: Type.Object({ ms: Type.Number(), longestMs: Type.Number() }, { description: "What of it was done where events are decided: all of it, and the longest stretch." }),
  omitted: Type.Integer(),
  error: orNull(Text),
});

export const STATUS_RESPONSE = Type.Object({
  version: orNull(Text),
  activeSince: orNull(Time),
  lastAttempt: orNull(Attempt),
  lastSuccess: orNull(Type.Object({ at: Time, version: Text, durationMs: Type.Number(), features: Type.Object({ kept: Names, started: Names, dropped: Names }) })),
  attempts: Type.Integer(),
  successes: Type.Integer(),
  stale: Type.Boolean({ description: "Whether the folder holds something newer that could not be loaded." }),
  reload: Type.Object({
    plan: orNull(Plan),
    warming: orNull(
      Type.Object(
        { version: Text, at: Time, plan: Plan, events: Type.Integer(), total: Type.Integer() },
        { description: "A version whose features are being filled from the log while the active one decides: events read so far, and how many there are." },
      ),
    ),
    retry: orNull(Type.Object({ failures: Type.Integer(), at: Time }, { description: "Builds that broke down one after the other, and when the folder is looked at again unless a file changes before." })),
    retained: Retained,
  }),
  store: Type.Unknown(),
});
