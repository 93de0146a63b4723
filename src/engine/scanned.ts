import type { EventProgram } from "../compile/program.ts";
import type { Frame } from "../windows/spec.ts";

/** An event that was read from its bytes straight into the frame of a program. */
export interface Scanned {
  /** Whose frame it is. Under another program the event is read anew from its text. */
  readonly event: EventProgram;
  readonly frame: Frame;
  /** The bytes that it came in, and where in them it stands. They are valid JSON and UTF-8. */
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

/** The JSON of an event, as its sender wrote it. */
export function scannedText({ bytes, from, to }: Scanned): string {
  return bytes.toString("utf8", from, to);
}
