import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pinned } from "./peer.ts";

const folder = join(import.meta.dirname, "..");

function npm(...args: readonly string[]): boolean {
  return spawnSync("npm", [...args, "--no-audit", "--no-fund"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
}

/** Installs the peers into `perf/node_modules`, as the lock file has them; where one cannot be had, the others one by one. Yields those that are missing. */
export function installPeers(): readonly string[] {
  if (npm("ci")) return [];
  return Object.entries(pinned())
    .filter(([name, version]) => !npm("install", "--no-save", "--no-package-lock", `${name}@${version}`))
    .map(([name]) => name);
}
