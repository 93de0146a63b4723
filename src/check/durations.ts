import type { QuantityLit } from "../syntax/ast.ts";
import type { Report } from "../text/report.ts";
import { durationUnit } from "../types/unit.ts";

/** Longer spans are slips of the pen, and no window could keep the events of ten years exactly. */
export const MAX_DURATION = 3_660 * 86_400_000;

export interface DurationOptions {
  readonly most?: number;
  /** What to do about one that is too short or too long. */
  readonly help?: string;
}

/** Milliseconds of a duration that a clause asks for, above 0 and at most `most`; undefined when it is none, which is reported. */
export function durationOf(report: Report, literal: QuantityLit, what: string, { most = MAX_DURATION, help }: DurationOptions = {}): number | undefined {
  const unit = durationUnit(literal.unit);
  if (unit === undefined) {
    report.add("RSK0410", literal.span, `${what} is a duration, \`${literal.unit}\` is no unit of time`, {
      help: "write it as `30s`, `5m`, `1h` or `7d`",
    });
    return undefined;
  }
  const ms = Math.round(literal.value * unit);
  if (ms > 0 && ms <= most) return ms;
  report.add("RSK0410", literal.span, ms > 0 ? `${what} is at most ${most / 86_400_000} days` : `${what} must be longer than nothing`, help === undefined ? {} : { help });
  return undefined;
}
