import { readFileSync, statSync } from "node:fs";
import type { Clock } from "../clock.ts";
import type { Program } from "../compile/program.ts";
import { openInput, streamInput } from "../replay/input.ts";
import { MAX_MAPPING_BYTES, parseMapping, type Mapping } from "../replay/mapping.ts";
import { eventSource, type EventSource } from "../replay/records.ts";
import type { NamedInput } from "../replay/replay.ts";
import { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import { UsageError } from "./arguments.ts";
import type { Arguments } from "./command.ts";
import { showDiagnostics } from "./diagnostics.ts";
import type { Io } from "./io.ts";

/** Standard input or output in place of a file. */
export const DASH = "-";

/** One input of a command, as it is named there. */
export function namedInput(name: string, io: Io): NamedInput {
  if (name === DASH) return { name, open: () => streamInput(io.stdin) };
  try {
    if (statSync(name).isDirectory()) throw new UsageError(`\`${name}\` is a folder; name the files`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`the input \`${name}\` cannot be read`);
  }
  return { name, path: name, open: () => openInput(name) };
}

/** What the mapping and type of a command make of its input; null when the mapping does not fit, which is shown. */
export async function readSource(program: Program, given: Arguments, io: Io): Promise<EventSource<Program> | null> {
  const report = new Report();
  const path = given.values.get("map");
  const file = path === undefined ? null : readMapFile(path);
  const mapping: Mapping | null = file === null ? null : parseMapping(file, report);
  const source: EventSource<Program> | null = report.hasErrors ? null : eventSource(program, mapping, given.values.get("type") ?? null, report);
  if (source === null) await showDiagnostics({ diagnostics: report.sorted(), sources: file === null ? [] : [file] }, io);
  return source;
}

function readMapFile(path: string): SourceFile {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new UsageError(`the mapping \`${path}\` cannot be read`);
  }
  if (bytes.length > MAX_MAPPING_BYTES) throw new UsageError(`the mapping \`${path}\` is larger than ${MAX_MAPPING_BYTES} bytes`);
  return { path, text: bytes.toString("utf8") };
}

/** Event time in place of the time of day: it stands at the latest event, so that a rerun sees the same times. */
export class StreamClock implements Clock {
  #now = 0;

  advance(at: number): void {
    if (at > this.#now) this.#now = at;
  }

  now(): number {
    return this.#now;
  }
}
