import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../../perf/harness/machine.ts";

/* This tree with the hot ways done twice: the least that a check of speed must see. */

const DESK = `
import * as original from "./original.ts";
import { WindowStore } from "../windows/store.ts";
export * from "./original.ts";
export class Desk extends original.Desk {
  #twin;
  constructor(options) {
    super(options);
    const windows = new WindowStore();
    windows.adopt(options.active().windows);
    this.#twin = new original.Desk({ ...options, windows });
  }
  decide(request) {
    this.#twin.decide(request);
    return super.decide(request);
  }
}
`;

const PARSE = `
import { Report } from "../text/report.ts";
import * as original from "./original.ts";
export * from "./original.ts";
export function parseFile(source, report) {
  original.parseFile(source, new Report());
  return original.parseFile(source, report);
}
`;

export interface Planted {
  readonly root: string;
  readonly remove: () => void;
}

/** A copy of this tree, as it is or with everything done twice. */
export function copyTree(twice: boolean): Planted {
  const root = mkdtempSync(join(tmpdir(), "sluice-planted-"));
  for (const part of ["src", "grammar", "package.json"]) cpSync(join(ROOT, part), join(root, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  if (twice) {
    for (const [folder, file, text] of [["src/engine", "desk.ts", DESK], ["src/syntax", "parse.ts", PARSE]] as const) {
      renameSync(join(root, folder, file), join(root, folder, "original.ts"));
      writeFileSync(join(root, folder, file), text);
    }
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
