import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { flagsOfStart } from "../../../perf/harness/names.ts";

/** What came of one path: this tree by the base. */
export type Measured =
  | { readonly name: string; readonly incomparable: string }
  | { readonly name: string; readonly incomparable: null; readonly time: number; readonly bytes: number; readonly us: number };

export type Compared = Extract<Measured, { readonly incomparable: null }>;

/** From here on a path counts as slower: well below twice, and far beyond what the same code differs by when it is placed and compiled again. */
export const MARGIN = 1.4;
/** Processes that must all agree: the compiler is lucky or not for all of one process. */
export const ATTEMPTS = 3;

export function isSlower({ time, bytes }: Compared): boolean {
  return time >= MARGIN || bytes >= MARGIN;
}

export async function measureOnce(base: string, tree: string, names: readonly string[]): Promise<readonly Measured[]> {
  const child = spawn(process.execPath, [...flagsOfStart(), join(import.meta.dirname, "measure.ts"), base, tree, ...names], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`measuring ended with ${code}: ${errors}`);
  return out.trim().split("\n").map((line) => JSON.parse(line) as Measured);
}

/** Measures paths, those that seem slower again; each with the attempt that speaks most for it. */
export async function measured(base: string, tree: string, names: readonly string[]): Promise<readonly Measured[]> {
  const best = new Map<string, Measured>();
  let left = names;
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt++) {
    for (const each of await measureOnce(base, tree, left)) {
      const before = best.get(each.name);
      if (before === undefined || before.incomparable !== null || (each.incomparable === null && each.time < before.time)) best.set(each.name, each);
    }
    left = left.filter((name) => {
      const each = best.get(name);
      return each !== undefined && each.incomparable === null && isSlower(each);
    });
  }
  return names.flatMap((name) => best.get(name) ?? []);
}
