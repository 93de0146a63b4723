import type { Scenario, Simulated } from "./event.ts";
import { logins } from "./logins.ts";
import { payments } from "./payments.ts";
import { telemetry } from "./telemetry.ts";

interface Kind {
  readonly stream: (scenario: Scenario) => Generator<Simulated>;
  /** Share of labelled events where none is asked for. */
  readonly fraud: number;
}

const kinds = {
  payments: { stream: payments, fraud: 0.01 },
  logins: { stream: logins, fraud: 0.03 },
  telemetry: { stream: telemetry, fraud: 0.05 },
} as const satisfies Record<string, Kind>;

/** What can be simulated. */
export type KindName = keyof typeof kinds;

export const KIND_NAMES = Object.keys(kinds) as readonly KindName[];

/** Beyond this share labelled events would no longer be exceptions, and habits no habits. */
export const MAX_FRAUD = 0.2;

export interface Wanted extends Omit<Scenario, "fraud"> {
  readonly kind: KindName;
  /** Share of labelled events, 0 to `MAX_FRAUD`; null for what is usual for the kind. */
  readonly fraud: number | null;
}

/** Exactly the wanted number of events, in order of time; equal wishes give equal streams. */
export function* simulate(wanted: Wanted): Generator<Simulated> {
  const kind = kinds[wanted.kind];
  let left = wanted.events;
  if (left === 0) return;
  for (const event of kind.stream({ ...wanted, fraud: wanted.fraud ?? kind.fraud })) {
    yield event;
    if (--left === 0) return;
  }
}
