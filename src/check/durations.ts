import type { QuantityLit } from "../syntax/ast.ts";
import type { Report } from "../text/report.ts";
import { durationUnit } from "../types/unit.ts";

/** Longer spans are slips of the pen, and no window could keep the events of ten years exactly. */
export const MAX_DURATION = 3_660 * 86_400_000;

/** Milliseconds of a duration that a clause asks for, above 0; undefined when it is none, which is reported. */
export function durationOf(report: Report, literal: QuantityLit, what: string): number | undefined {
  const unit = durationUnit(literal.unit);
  if (unit === undefined) {
    report.add("RSK0410", literal.span, `${what} is a duration, \`${literal.unit}\` is no unit of time`, {
      help: "write it as `30s`, `5m`, `1h` or `7d`",
    });
    return undefined;
  }
  const ms = Math.round(literal.value * unit);
  if (ms > 0 && ms <= MAX_DURATION) return ms;
  report.add("RSK0410", literal.span, ms > 0 ? `${what} is at most 3660 days` : `${what} must be longer than nothing`);
  return undefined;
}
