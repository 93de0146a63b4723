import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";

/** What figures depend on besides the code that is measured. */
export interface Surroundings {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryMb: number; readonly platform: string };
  /** How many processes wanted a processor in the minute before. */
  readonly load: number;
  readonly node: string;
  readonly v8: string;
  /** Flags of the process. */
  readonly flags: readonly string[];
  /** What the project depends on when it runs, by name. */
  readonly packages: Readonly<Record<string, string>>;
  /** The commit, with `+` where files differ from it; null where there is no git. */
  readonly revision: string | null;
}

export const ROOT = join(import.meta.dirname, "../..");

/** The output of a git command in a folder; null where it fails. */
export function git(folder: string, ...args: readonly string[]): string | null {
  const { status, stdout } = spawnSync("git", ["-C", folder, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return status === 0 ? stdout.trim() : null;
}

function revisionOf(folder: string): string | null {
  const revision = git(folder, "rev-parse", "--short=12", "HEAD");
  if (revision === null) return null;
  return git(folder, "status", "--porcelain", "--untracked-files=no") === "" ? revision : `${revision}+`;
}

export function surroundings(): Surroundings {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly dependencies: Readonly<Record<string, string>> };
  const processors = cpus();
  return {
    machine: { cpu: processors[0]?.model ?? "unknown", cores: processors.length, memoryMb: Math.round(totalmem() / 2 ** 20), platform: `${process.platform} ${process.arch}` },
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    node: process.versions.node,
    v8: process.versions.v8,
    flags: process.execArgv,
    packages: dependencies,
    revision: revisionOf(ROOT),
  };
}
