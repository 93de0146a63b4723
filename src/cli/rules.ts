import { linkProgram } from "../compile/link.ts";
import type { Program } from "../compile/program.ts";
import { analyse } from "../rulesets/build.ts";
import { diskReader } from "../rulesets/disk.ts";
import { relocate, showDiagnostics } from "./diagnostics.ts";
import type { Io } from "./io.ts";

/** Builds the program of a rules folder at once; null when it has errors, which are shown. */
export async function loadProgram(folder: string, io: Io): Promise<Program | null> {
  const { ir, ...found } = analyse(diskReader(folder), { indexed: true });
  if (ir === null) {
    await showDiagnostics(relocate(found, folder), io);
    return null;
  }
  const steps = linkProgram(ir);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
