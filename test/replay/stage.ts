import assert from "node:assert/strict";
import { join } from "node:path";
import { Readable } from "node:stream";
import { StreamClock } from "../../src/cli/stream.ts";
import { linkProgram } from "../../src/compile/link.ts";
import type { Program } from "../../src/compile/program.ts";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { streamInput } from "../../src/replay/input.ts";
import { parseMapping } from "../../src/replay/mapping.ts";
import { eventSource } from "../../src/replay/records.ts";
import { replay } from "../../src/replay/replay.ts";
import type { Summary } from "../../src/replay/summary.ts";
import { analyse } from "../../src/rulesets/build.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { Report } from "../../src/text/report.ts";
import { WindowStore } from "../../src/windows/store.ts";

export const RULES = `event payment {
  at: timestamp @time
  card: string @key
  amount: money
  note: string?
  fraud: bool = false
}
event login { user: string @key }
feature spent_1h = sum of payment.amount by card over 1h
ruleset cards on payment {
  outcomes allow < decline
  policy worst
  default allow
  rule large { when amount > 100 USD then decline }
  rule noted { when note == "line one\\nline two" then decline }
}
ruleset logins on login { outcomes ok < lock policy worst default ok rule root { when user == "root" then lock } }
`;

export const MAP = `type: payment
fields:
  at: time
  card: card
  amount: { column: amount, format: money USD }
  note: note
`;

export function programOf(text: string): Program {
  const { ir, diagnostics } = analyse(memoryReader("rules", new Map([["a.risk", text]])));
  assert.deepEqual(diagnostics.filter(({ severity }) => severity === "error"), []);
  assert.ok(ir !== null);
  const steps = linkProgram(ir);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export interface Outcome {
  readonly summary: Summary;
  /** Parsed output lines. */
  readonly decisions: readonly { file: string; line: number; seq: number; eventId: string | null; decisions: Record<string, { outcome: string }> }[];
  readonly text: string;
  /** `file:line reason` */
  readonly bad: readonly string[];
}

export interface Given {
  /** Contents by name; chunks where the cut matters. */
  readonly files: Readonly<Record<string, string | Buffer | readonly Buffer[]>>;
  readonly map?: string;
  readonly type?: string;
  readonly features?: boolean;
  readonly from?: number;
  readonly signal?: AbortSignal;
  readonly rules?: string;
  /** Where the files stand on disk under their names: then a thread reads them. */
  readonly folder?: string;
  /** Whether nobody wants the decisions. */
  readonly quiet?: boolean;
  readonly onProgress?: () => void;
  /** Whether the clock follows the stream, as on the command line; it stands still otherwise. */
  readonly ticks?: boolean;
}

/** Replays files held in memory on the real engine. */
export async function run(given: Given): Promise<Outcome> {
  const program = programOf(given.rules ?? RULES);
  const report = new Report();
  const mapping = given.map === undefined ? null : parseMapping({ path: "map.yaml", text: given.map }, report);
  const source = eventSource(program, mapping, given.type ?? null, report);
  assert.deepEqual(report.sorted(), []);
  assert.ok(source !== null);
  const clock = new StreamClock();
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const desk = new Desk({ active: () => program, windows, lists: new ManagedLists(clock), clock });
  const bad: string[] = [];
  let text = "";
  const summary = await replay({
    inputs: Object.entries(given.files).map(([name, content]) => ({
      name,
      ...(given.folder === undefined ? {} : { path: join(given.folder, name) }),
      open: () => streamInput(Readable.from(typeof content === "string" ? [Buffer.from(content)] : Buffer.isBuffer(content) ? [content] : content)),
    })),
    source,
    desk,
    onTime: (at) => given.ticks === true && clock.advance(at),
    features: given.features ?? false,
    from: given.from ?? 1,
    write: given.quiet === true ? null : async (lines) => {
      await Promise.resolve();
      text += lines;
    },
    onBad: (file, line, reason) => bad.push(`${file}:${line} ${reason}`),
    onProgress: given.onProgress ?? (() => undefined),
    signal: given.signal ?? new AbortController().signal,
  });
  const decisions = text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Outcome["decisions"][number]);
  return { summary, decisions, text, bad };
}

/** Code and marked text of what is wrong with a mapping. */
export function mappingFindings(map: string, type: string | null = null, rules = RULES): string[] {
  const report = new Report();
  const mapping = parseMapping({ path: "map.yaml", text: map }, report);
  if (!report.hasErrors) eventSource(programOf(rules), mapping, type, report);
  return report.sorted().map(({ code, span, message, help }) => `${code} \`${map.slice(span.start, span.end)}\` ${message}${help === undefined ? "" : `; ${help}`}`);
}
