import type { EventProgram } from "../compile/program.ts";
import type { Frame } from "../windows/spec.ts";

/** An event that was read from its bytes straight into the frame of a program. */
export interface Scanned {
  /** Whose frame it is. Under another program the event is read anew from its text. */
  readonly event: EventProgram;
  readonly frame: Frame;
  /** Its JSON, as the sender wrote it. */
  readonly text: string;
  /** Where it ends in the bytes that it came in. */
  readonly end: number;
}
