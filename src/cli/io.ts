import type { Readable, Writable } from "node:stream";

/** A stream to people or to a program, as Node has it. */
export interface Output extends Writable {
  /** Whether a person watches; absent for files and pipes. */
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
}

/** What a command is given of the process around it. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** Whether to colour what is written there; the terminal knows `NO_COLOR` and its like. */
export function wantsColour(output: Output): boolean {
  return output.isTTY === true && output.hasColors?.() === true;
}

/** Colours text where that is wanted. */
export type Paint = (colour: keyof typeof SGR, text: string) => string;

const SGR = { red: 31, green: 32, yellow: 33, bold: 1, dim: 2 } as const;

export function painter(output: Output): Paint {
  return wantsColour(output) ? (colour, text) => `\u001B[${SGR[colour]}m${text}\u001B[0m` : (_, text) => text;
}

const NOW = Promise.resolve();

/** Writes and resolves when more can be taken. */
export function write(output: Writable, text: string): Promise<void> {
  if (output.write(text) || output.destroyed) return NOW;
  return new Promise((resolve) => {
    const settle = (): void => {
      output.off("drain", settle).off("close", settle);
      resolve();
    };
    output.on("drain", settle).on("close", settle);
  });
}

/** Raised when the user interrupts. The process goes on so that a command can end cleanly; a second interrupt ends it. */
export function interruption(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once("SIGINT", abort);
  return { signal: controller.signal, release: () => process.off("SIGINT", abort) };
}

/** A reader that goes away, as `head` does, ends the process without a complaint. */
export function endOnClosedPipe(output: Writable): void {
  output.on("error", (error) => {
    if (!("code" in error) || error.code !== "EPIPE") throw error;
    process.exit();
  });
}
