import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Asked } from "../rules/conditions.ts";
import type { Payment } from "../rules/events.ts";

/** Numbers of the rules that an event matches, in any order. */
export type Found = readonly number[];

/** Decides one event. */
export type Decide = (event: Payment) => Found | Promise<Found>;

/** Somebody who can decide the same rules. */
export interface Peer {
  readonly name: string;
  /** What must be installed for it; null for code that is made up here. */
  readonly package: string | null;
  /** How it is used, where there are several ways. */
  readonly how: string;
  /** Throws `CannotSay` for a condition that its language has no words for. */
  readonly prepare: (rules: readonly Asked[]) => Promise<Decide>;
}

export class CannotSay extends Error {}

const folder = join(import.meta.dirname, "..");

/** Versions that are measured, by package. */
export function pinned(): Readonly<Record<string, string>> {
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { readonly dependencies: Readonly<Record<string, string>> }).dependencies;
}

/** Loads a package from `perf/node_modules`. Its types are none of ours, since it need not be there. */
export async function load<T>(name: string): Promise<T> {
  const module = (await import(resolved(name))) as Readonly<Record<string, unknown>>;
  // Packages in the older format may stand as the default alone.
  return { ...(module["default"] as object | undefined), ...module } as T;
}

function resolved(name: string): string {
  try {
    return import.meta.resolve(name);
  } catch {
    return pathToFileURL(createRequire(join(folder, "package.json")).resolve(name)).href;
  }
}
