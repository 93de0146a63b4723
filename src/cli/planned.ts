import { deserialize } from "node:v8";
import { surveyLog } from "../backfill/backfill.ts";
import { linkProgram, nothingLinked } from "../compile/link.ts";
import type { Program } from "../compile/program.ts";
import { retain, type Retained } from "../compile/retain.ts";
import { lineageOf, type Lineage } from "../ir/lineage.ts";
import type { ProgramIr } from "../ir/ir.ts";
import { analyse } from "../rulesets/build.ts";
import { diskReader } from "../rulesets/disk.ts";
import { beside, namesOf, planState, standingAfter } from "../rulesets/plan.ts";
import type { ReloadPlan } from "../rulesets/status.ts";
import { type Beginning, type Candidate, fillNothing, type FillPlan } from "../rulesets/warm.ts";
import { Queries } from "../store/queries.ts";
import { logId } from "../windows/spec.ts";
import { UsageError } from "./arguments.ts";
import { relocate, showDiagnostics } from "./diagnostics.ts";
import type { Io } from "./io.ts";

/** What a plan compares with. */
export interface Base {
  readonly kind: "data" | "rules";
  readonly folder: string;
}

/** Versions of a data folder that are looked at, as many as the service looks at when it starts. */
const VERSIONS_READ = 32;

/** The plan of activating a rules folder; null where it, or the one to compare with, has errors, which are shown for the latter. */
export async function planFolder(folder: string, base: Base, io: Io): Promise<ReloadPlan | null> {
  const { ir } = analyse(diskReader(folder));
  if (ir === null) return null;
  if (base.kind === "data") return planAgainstLog(ir, base.folder);
  const { ir: active, ...found } = analyse(diskReader(base.folder));
  if (active === null) {
    await showDiagnostics(relocate(found, base.folder), io);
    return null;
  }
  const { plan, candidate, beginning } = prepare(ir, [lineageOf(active)]);
  return { ...plan, fills: fillNothing(candidate, beginning, "no data folder was named") };
}

async function planAgainstLog(ir: ProgramIr, folder: string): Promise<ReloadPlan> {
  let log: Queries;
  try {
    log = new Queries(folder);
  } catch (error) {
    throw new UsageError(`the data folder \`${folder}\` cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    const { plan, candidate, beginning } = prepare(ir, log.versions(VERSIONS_READ).map(({ features }) => deserialize(features) as Lineage));
    return { ...plan, fills: await surveyLog(candidate.program, beginning, log) };
  } finally {
    log.close();
  }
}

interface Prepared {
  readonly plan: ReturnType<typeof planState>;
  readonly candidate: Candidate;
  readonly beginning: Beginning;
}

function prepare(ir: ProgramIr, past: readonly Lineage[]): Prepared {
  const retained = retain(ir, beside(ir.version, past));
  const program = link(ir, retained);
  const standing = standingAfter(past);
  const plan = planState(standing, lineageOf(ir), retained);
  const going = new Set([...(standing?.active.features ?? []), ...(standing?.retained ?? [])].map(({ identity }) => identity));
  const { features, logs } = program.windows;
  const starting = logs.filter((log) => log.features.some((number) => !going.has(features[number]?.identity ?? "")));
  return { plan, candidate: { program, ir, retained }, beginning: { started: new Set(namesOf(plan, "start")), logs: starting.map(logId), going } };
}

function link(ir: ProgramIr, retained: Retained): Program {
  const steps = linkProgram(ir, nothingLinked(), retained);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** A plan for people. */
export function renderPlan({ version, from, features, fills, retained }: ReloadPlan): string {
  const titles = features.map(({ name, was }) => (was === null ? name : `${name} (was ${was})`));
  const width = titles.reduce((most, title) => Math.max(most, title.length), 0);
  const lines = features.map(({ action, reason }, i) => `  ${action.padEnd(5)}  ${(titles[i] as string).padEnd(width)}  ${reason}`);
  return [
    from === null ? `version ${version}, the first` : from === version ? `version ${version}, which is active` : `version ${version} in place of ${from}`,
    ...lines,
    ...fills.map(renderFill),
    ...(retained.length === 0 ? [] : [`kept for a return: ${retained.map((each) => `${each.name} (${each.version})`).join(", ")}`]),
    "",
  ].join("\n");
}

function renderFill({ source, keys, features, kept, from, reason, since, oldest, events }: FillPlan): string {
  const what = `${features.join(", ")}: ${source}${keys.length === 0 ? "" : ` by ${keys.join(", ")}`}`;
  if (from === "nothing") return `${what} begins with nothing: ${reason}`;
  const back = oldest === null ? "" : since === null || Date.parse(oldest) > Date.parse(since) ? `, back to the oldest of ${oldest}` : `, from ${since} on`;
  const beside = kept.length === 0 ? "" : `, also for ${kept.join(", ")}`;
  return `${what} is filled from ${events.toLocaleString("en-US")} events${back}${beside}`;
}
