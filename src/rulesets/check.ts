import type { Diagnostic } from "../text/diagnostic.ts";
import type { SourceFile } from "../text/source.ts";
import { analyse } from "./build.ts";
import { memoryReader } from "./reader.ts";

export interface CheckResult {
  readonly diagnostics: readonly Diagnostic[];
  /** What the set would be called; null when nothing could be read. */
  readonly version: string | null;
  readonly sources: readonly SourceFile[];
}

/** Checks rule files held in memory as one folder. `data` holds the texts of list files by path, `now` is as for warnings. */
export function checkSources(files: readonly SourceFile[], data: ReadonlyMap<string, string> = new Map(), now: number | null = null): CheckResult {
  const contents = new Map([...data, ...files.map(({ path, text }) => [path, text] as const)]);
  const { diagnostics, version, sources } = analyse(memoryReader("the sources", contents), { warnings: { now } });
  return { diagnostics, version, sources };
}
