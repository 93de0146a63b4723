import assert from "node:assert/strict";
import { linkProgram, nothingLinked } from "../../src/compile/link.ts";
import { retain } from "../../src/compile/retain.ts";
import type { ProgramIr } from "../../src/ir/ir.ts";
import type { Lineage } from "../../src/ir/lineage.ts";
import { analyse } from "../../src/rulesets/build.ts";
import type { Built } from "../../src/rulesets/builder.ts";
import { beside } from "../../src/rulesets/plan.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { MainWork } from "../../src/rulesets/slices.ts";
import type { Candidate } from "../../src/rulesets/warm.ts";
import { diagnosticsJson } from "../../src/text/json.ts";
import { byPath } from "../../src/text/source.ts";

/** What a builder would make of one rule file. */
export function built(text: string, past: readonly Lineage[] = []): Built {
  const { ir, version, diagnostics, sources, stages, failed } = analyse(memoryReader("m", new Map([["a.risk", text]])));
  return { version, diagnostics: diagnosticsJson(diagnostics, byPath(sources)), omitted: 0, looked: true, stages, failed, made: ir === null ? null : link(ir, past), work: new MainWork(), error: null };
}

function link(ir: ProgramIr, past: readonly Lineage[]): Candidate {
  const retained = retain(ir, beside(ir.version, past));
  const steps = linkProgram(ir, nothingLinked(), retained);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { program: step.value, ir, retained };
  }
}

/** A builder that is told when to answer, with what it saw of the folder when it began. */
export class Workshop {
  text = "";
  begun = 0;
  underWay = 0;
  readonly #open: (() => void)[] = [];

  async build(past: readonly Lineage[] = []): Promise<Built | null> {
    const { text } = this;
    this.begun++;
    assert.equal(++this.underWay, 1, "builds overlap");
    await new Promise<void>((resolve) => this.#open.push(resolve));
    this.underWay--;
    return text === "" ? null : built(text, past);
  }

  finish(): void {
    this.#open.shift()?.();
  }
}
