import { logId, type LogAccess, type LogId, type LogSpec, type WindowPlan, type WindowSpec } from "../windows/spec.ts";

/** A plan of some of its logs alone, which are only recorded into. */
export function narrow({ features, logs, access, ...rest }: WindowPlan, wanted: readonly LogId[]): WindowPlan {
  const ids = new Set(wanted);
  const kept = [...logs.entries()].filter(([, log]) => ids.has(logId(log)));
  const specs: WindowSpec[] = [];
  const numbered = kept.map(([, log]): LogSpec => ({ ...log, features: log.features.map((number) => specs.push(features[number] as WindowSpec) - 1) }));
  const numbers = new Map(kept.map(([number], i) => [number, i]));
  const narrowed = new Map<string, readonly LogAccess[]>();
  for (const [event, list] of access) {
    const records = list.flatMap((each) => (each.records && numbers.has(each.log) ? [{ ...each, log: numbers.get(each.log) as number }] : []));
    if (records.length > 0) narrowed.set(event, records);
  }
  return { ...rest, features: specs, logs: numbered, access: narrowed };
}
