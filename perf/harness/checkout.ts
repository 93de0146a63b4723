import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git, ROOT } from "./machine.ts";

/** Another revision of the project in a folder of its own, ready to run. */
export interface Checkout {
  readonly folder: string;
  readonly revision: string;
  readonly remove: () => void;
}

/** What of this tree a bench consists of, besides what it measures. */
const BENCH_PARTS = ["perf", "test/oracle", "test/random.ts"];

/**
 * Checks a revision out into a temporary worktree, with the packages that its lock file names or, where `ours`, with those of
 * this tree, which need nothing installed. Throws where there is no such revision.
 */
export function checkOut(revision: string, ours = false): Checkout {
  const found = git(ROOT, "rev-parse", "--verify", "--quiet", `${revision}^{commit}`);
  if (found === null) throw new Error(`there is no revision \`${revision}\` here`);
  const folder = join(mkdtempSync(join(tmpdir(), "sluice-bench-")), "tree");
  const remove = (): void => {
    git(ROOT, "worktree", "remove", "--force", folder);
    rmSync(join(folder, ".."), { recursive: true, force: true });
  };
  if (git(ROOT, "worktree", "add", "--detach", folder, found) === null) throw new Error(`\`git worktree add\` failed for \`${revision}\``);
  try {
    installPackages(folder, ours);
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, revision: found.slice(0, 12), remove };
}

/** Packages of equal lock files are equal, so those of this tree will do. */
function installPackages(folder: string, ours: boolean): void {
  const lock = "package-lock.json";
  if (ours || readFileSync(join(folder, lock), "utf8") === readFileSync(join(ROOT, lock), "utf8")) {
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    return;
  }
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error("`npm ci` failed in the other revision");
}

/** Puts the benches of this tree into the other, so that both are asked the same. */
export function overlay(folder: string): void {
  for (const part of BENCH_PARTS) {
    const target = join(folder, part);
    rmSync(target, { recursive: true, force: true });
    cpSync(join(ROOT, part), target, { recursive: true, filter: (source) => !source.endsWith("node_modules") });
  }
  const peers = join(ROOT, "perf/node_modules");
  if (existsSync(peers)) symlinkSync(peers, join(folder, "perf/node_modules"));
}

/** Takes the other revision's own benches back. */
export function withdraw(folder: string): void {
  for (const part of BENCH_PARTS) rmSync(join(folder, part), { recursive: true, force: true });
  git(folder, "checkout", "HEAD", "--", ...BENCH_PARTS.filter((part) => git(folder, "cat-file", "-e", `HEAD:${part}`) !== null));
}
