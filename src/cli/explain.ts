import type { Program } from "../compile/program.ts";
import type { Answer, Decision } from "../engine/decision.ts";
import { Desk } from "../engine/desk.ts";
import { ManagedLists } from "../engine/lists.ts";
import { RuleStates } from "../engine/states.ts";
import { explainer } from "../explain/explain.ts";
import { refusalText } from "../replay/batch.ts";
import { readLines } from "../replay/lines.ts";
import { recordsOf, type EventSource, type RecordReader, type RecordSink } from "../replay/records.ts";
import type { NamedInput } from "../replay/replay.ts";
import { timesOf, type TimeOf } from "../replay/times.ts";
import { closest } from "../text/suggest.ts";
import { WindowStore } from "../windows/store.ts";
import { UsageError, wholeNumber } from "./arguments.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { explanationText } from "./explained.ts";
import { painter, write, type Io } from "./io.ts";
import { BadLines } from "./progress.ts";
import { loadProgram } from "./rules.ts";
import { runCommand } from "./run.ts";
import { namedInput, readSource, StreamClock } from "./stream.ts";

export const command: Command = {
  name: "explain",
  synopsis: "INPUT --rules DIR [--id ID | --line N] [--rule NAME]",
  summary: "Tell why an event of a recorded stream was decided as it was.",
  about: [
    "INPUT is read as by `sluice replay`: NDJSON or CSV, plain or gzip, `-` for standard input. Its events are decided in order,\nso the windows are those that the event met. Without `--id` or `--line` the last event is explained.",
    "Every rule is told with the values of its condition, why it matched or did not, how far it was from that, and the smallest\nchange of one field, and of one feature, that would have turned it while all others stay as they are.",
  ],
  flags: [
    { name: "rules", value: "DIR", about: "folder of the rule files" },
    { name: "type", value: "EVENT", about: "event type of records that name none" },
    { name: "map", value: "FILE", about: "YAML: which column is which field, constants, formats, time zone" },
    { name: "id", value: "ID", about: "explain the first event with this `@id`" },
    { name: "line", value: "N", about: "explain the event on this line of INPUT" },
    { name: "rule", value: "NAME", about: "tell only of this rule or table" },
    { name: "format", value: "FORMAT", choices: ["pretty", "json"], about: "how it is written" },
  ],
  operands: { least: 1, most: 1 },
  run: explainCommand,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

async function explainCommand(given: Arguments, io: Io): Promise<ExitCode> {
  const folder = given.values.get("rules");
  if (folder === undefined) throw new UsageError("`--rules` is needed: `--rules DIR`");
  const pick = pickOf(given);
  const [operand = ""] = given.operands;
  const input = namedInput(operand, io);
  const program = await loadProgram(folder, io);
  if (program === null) return FALLS_SHORT;
  const rule = given.values.get("rule");
  demandRule(program, rule);
  const source = await readSource(program, given, io);
  if (source === null) return FALLS_SHORT;
  const bad = new BadLines((text) => void io.stderr.write(text));
  const stage = new Stage(program, source, rule, (line, reason) => bad.add(input.name, line, reason));
  const answer = await stage.play(input, pick).finally(() => bad.finish());
  if (answer === null) return fail(io, pick.id === undefined && pick.line === undefined ? "there is no event in the input" : `there is no event ${pick.text} in the input`);
  if (answer.kind === "refused") return fail(io, `the event is refused: ${refusalText(answer.refusal, source)}`);
  const { decision } = answer;
  if (decision.trace === undefined) return fail(io, `the event repeats one with its id; explain that one with \`--id ${decision.eventId ?? ""}\``);
  await write(io.stdout, given.values.get("format") === "json" ? `${JSON.stringify(machine(decision))}\n` : explanationText(decision, rule ?? null, painter(io.stdout)));
  return DONE;
}

async function fail(io: Io, message: string): Promise<ExitCode> {
  await write(io.stderr, `sluice explain: ${message}\n`);
  return FALLS_SHORT;
}

/** Which event is wanted. */
interface Pick {
  readonly id: string | undefined;
  readonly line: number | undefined;
  readonly text: string;
}

function pickOf(given: Arguments): Pick {
  const id = given.values.get("id");
  const line = given.values.has("line") ? wholeNumber(given, "line", 1, 1) : undefined;
  if (id !== undefined && line !== undefined) throw new UsageError("`--id` and `--line` name one event each; give one of them");
  return { id, line, text: id === undefined ? `on line ${line ?? ""}` : `with the id \`${id}\`` };
}

function demandRule(program: Program, wanted: string | undefined): void {
  const names = new Set(program.rulesets.flatMap((ruleset) => ruleset.rules.map((rule) => rule.id)));
  if (wanted === undefined || names.has(wanted)) return;
  const near = closest(wanted, names);
  throw new UsageError(`there is no rule \`${wanted}\`${near === undefined ? "" : `; did you mean \`${near}\`?`}`);
}

/** Nothing random and nothing of the moment: no id, no clock, no duration. */
function machine({ type, eventId, version, seq, decisions, effects, degraded, features, quality, trace }: Decision): object {
  return { type, eventId, version, seq, decisions, effects, degraded, features, quality, trace };
}

interface Line {
  readonly type: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly line: number;
}

/** Decides a stream and explains one event of it. */
class Stage {
  readonly #desk: Desk;
  readonly #program: Program;
  readonly #source: EventSource;
  readonly #clock = new StreamClock();
  readonly #timeOf: TimeOf;
  readonly #onBad: (line: number | null, reason: string) => void;
  /** The newest event, which is not decided before the next one shows that it is not the last. */
  #held: Line | null = null;
  #answer: Answer | null = null;

  constructor(program: Program, source: EventSource, rule: string | undefined, onBad: (line: number | null, reason: string) => void) {
    this.#program = program;
    this.#source = source;
    this.#onBad = onBad;
    this.#timeOf = timesOf(program);
    const windows = new WindowStore();
    windows.adopt(program.windows);
    const lists = new ManagedLists(this.#clock);
    const explain = explainer((each) => rule === undefined || each.id === rule);
    this.#desk = new Desk({ active: () => program, windows, states: new RuleStates(windows), lists, clock: this.#clock, explain });
  }

  /** The answer to the wanted event, null when there is none. */
  async play(input: NamedInput, pick: Pick): Promise<Answer | null> {
    const opened = input.open();
    const sink: RecordSink = {
      event: (type, make, line) => this.#take({ type, event: make(), line }, pick),
      bad: (line, reason) => this.#onBad(line, reason),
    };
    let reader: RecordReader | null = null;
    try {
      for await (const { first, lines } of readLines(opened.chunks)) {
        for (const [i, line] of lines.entries()) {
          reader ??= line === "" ? null : recordsOf(input.name, line, this.#source, sink);
          reader?.line(line, first + i);
        }
        if (this.#answer !== null) break;
      }
    } catch (error) {
      this.#onBad(null, `the file cannot be read to its end: ${error instanceof Error ? error.message : String(error)}`);
    }
    opened.stop();
    reader?.end();
    const last = this.#held;
    if (this.#answer === null && last !== null && pick.id === undefined && pick.line === undefined) this.#answer = this.#decide(last, true);
    return this.#answer;
  }

  #take(record: Line, pick: Pick): void {
    if (this.#answer !== null) return;
    if (pick.id === undefined && pick.line === undefined) {
      if (this.#held !== null) this.#decide(this.#held, false);
      this.#held = record;
      return;
    }
    const wanted = pick.line === undefined ? this.#idOf(record) === pick.id : record.line === pick.line;
    const answer = this.#decide(record, wanted);
    if (wanted) this.#answer = answer;
  }

  #idOf({ type, event }: Line): string | undefined {
    const schema = this.#program.events.get(type)?.schema;
    const id = schema === undefined || schema.id === null ? undefined : event[schema.fields[schema.id]?.name ?? ""];
    return typeof id === "string" || typeof id === "number" ? String(id) : undefined;
  }

  #decide({ type, event, line }: Line, explain: boolean): Answer {
    const at = this.#timeOf(type, event);
    if (at !== null) this.#clock.advance(at);
    const answer = this.#desk.decide({ type, event, explain, version: null });
    if (answer.kind === "refused" && !explain) this.#onBad(line, refusalText(answer.refusal, this.#source));
    return answer;
  }
}
