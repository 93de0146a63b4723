import type { Report } from "../text/report.ts";
import type { EventInfo, FeatureInfo, FunctionInfo, LetInfo, ListInfo, RatesInfo, RuleInfo, RulesetInfo, Tables } from "./checked.ts";
import type { Flow } from "./laws/privacy.ts";
import type { Symbols } from "./symbols.ts";

/** What is known so far of the folder being checked; filled stage by stage in the order of its fields. */
export interface Build {
  readonly report: Report;
  readonly tables: Tables;
  readonly symbols: Symbols;
  /** Texts of the files that lists name, by path. */
  readonly data: ReadonlyMap<string, string>;
  /** The currency that the folder names most, if any. */
  readonly currency: () => string | undefined;
  readonly events: Map<string, EventInfo>;
  readonly lists: Map<string, ListInfo>;
  readonly rates: Map<string, RatesInfo>;
  readonly functions: Map<string, FunctionInfo>;
  /** What flows into the values of functions and lets, worked out when it is first asked for. */
  readonly flows: Map<FunctionInfo | LetInfo, Flow>;
  readonly features: Map<string, FeatureInfo>;
  readonly rulesets: Map<string, RulesetInfo>;
  /** What rules cost at most, alone and as part of their ruleset. */
  readonly costs: WeakMap<RuleInfo, { readonly alone: number; readonly part: number }>;
}
