import { spawn } from "node:child_process";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Io } from "../../src/cli/io.ts";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Run = (args: readonly string[], io: Io) => Promise<number>;

/** Runs a command in this process with streams of its own. */
export async function run(command: Run, args: readonly string[], input = ""): Promise<Ran> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const out = text(stdout);
  const err = text(stderr);
  const code = await command(args, { stdin: Readable.from(input === "" ? [] : [Buffer.from(input)]), stdout, stderr });
  stdout.end();
  stderr.end();
  return { code, stdout: await out, stderr: await err };
}

export const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Runs `sluice` as a process of its own. */
export async function sluice(args: readonly string[], input = ""): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => {
      child.once("close", resolve);
    }),
  ]);
  return { code, stdout, stderr };
}
