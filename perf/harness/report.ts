import { writeFileSync } from "node:fs";
import { type Spread, spreadOf } from "./statistics.ts";
import { type Surroundings, surroundings } from "./machine.ts";
import { type Cell, tableText } from "./table.ts";

/** One measured thing, told by its name from every other of the bench, and by the same name in every revision. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** Which way is better; null where neither is. */
  readonly better: "less" | "more" | null;
  readonly rounds: readonly number[];
  readonly spread: Spread;
}

/** What `--json FILE` writes. */
export interface Results {
  readonly bench: string;
  readonly arguments: readonly string[];
  readonly seed: number | string | null;
  readonly surroundings: Surroundings;
  readonly figures: readonly Figure[];
  /** What was said besides: goals, what was left out and why. */
  readonly notes: readonly string[];
}

export interface Told {
  readonly unit: string;
  readonly better?: "less" | "more";
}

/** Collects what a bench found: printed at once for people, written at the end for machines. */
export interface Report {
  /** A sentence for people, kept among the notes. */
  readonly note: (text: string) => void;
  readonly table: (heads: readonly string[], rows: readonly (readonly Cell[])[]) => void;
  readonly figure: (name: string, rounds: readonly number[], told: Told) => void;
  /** Writes the file of `--json`; called once, last. */
  readonly end: () => void;
}

export interface Bench {
  readonly name: string;
  readonly arguments: readonly string[];
  /** File for machines, or null. */
  readonly json: string | null;
  readonly seed?: number | string;
}

export function openReport(bench: Bench): Report {
  const around = surroundings();
  const { machine, node, v8, revision, load } = around;
  const print = (text: string): void => void process.stdout.write(text);
  const seed = bench.seed ?? null;
  print(`${bench.name}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryMb} MB, load ${load}; Node ${node}, V8 ${v8}; revision ${revision ?? "unknown"}${seed === null ? "" : `; seed ${seed}`}\n`);
  const figures: Figure[] = [];
  const notes: string[] = [];
  return {
    note: (text) => {
      notes.push(text);
      print(`${text}\n`);
    },
    table: (heads, rows) => print(`\n${tableText(heads, rows)}\n`),
    figure: (name, rounds, { unit, better }) => {
      if (figures.some((each) => each.name === name)) throw new Error(`two figures are called \`${name}\``);
      figures.push({ name, unit, better: better ?? null, rounds, spread: spreadOf(rounds) });
    },
    end: () => {
      const results: Results = { bench: bench.name, arguments: bench.arguments, seed, surroundings: around, figures, notes };
      if (bench.json !== null) writeFileSync(bench.json, `${JSON.stringify(results, null, 2)}\n`);
    },
  };
}
