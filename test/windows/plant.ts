import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const source = join(import.meta.dirname, "../../src/windows");

/** The address of the store as it is. */
export const SOUND = pathToFileURL(join(source, "store.ts")).href;

/** A text of a source file, and what a mistaken author would have written instead. */
export interface Planted {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Copies the room into `folder` with one bug planted, under names that begin with `number`; yields the address of its store. */
export function plant(folder: string, number: number, { file, from, to }: Planted): string {
  const types = pathToFileURL(join(source, "../types")).href;
  let planted = false;
  for (const name of readdirSync(source).filter((each) => each.endsWith(".ts"))) {
    let text = readFileSync(join(source, name), "utf8");
    if (name === file) {
      planted = text.includes(from);
      text = text.replaceAll(from, () => to);
    }
    text = text.replaceAll('"../types/', () => `"${types}/`).replaceAll(/"\.\/(\w+)\.ts"/g, (_, room: string) => `"./${number}-${room}.ts"`);
    writeFileSync(join(folder, `${number}-${name}`), text);
  }
  assert.ok(planted, `\`${from}\` is not in ${file}`);
  return pathToFileURL(join(folder, `${number}-store.ts`)).href;
}
