/*
 * How long does an author of a large file wait? One file of 1,000 rules (some 370 KB): parse, full check, and in the
 * language server a keystroke inside of a rule until its findings are told, and a completion. A run of the server is a
 * real process over standard input and output; times of keystroke and completion are taken at the client, all else by
 * the processor time of this thread.
 *
 *   npm run bench -- language [ROUNDS]
 *
 * Node 26.10.0, AMD EPYC, 2 cores that other work kept busy (load 6), 353 KB, 60 rounds, medians (95 %): parse 52 ms
 * (86), check 18 ms (25), both 70 ms (111; the first, cold, 180); a keystroke to its findings 2.9 ms (42), a completion
 * 2.6 ms (40). The wall clock of the last two has the other work of the machine in it.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter, type CompletionList, type PublishDiagnosticsParams } from "vscode-languageserver/node";
import { NextTokens } from "../grammar/expected.ts";
import { checkFiles } from "../src/check/check.ts";
import { parseFile } from "../src/syntax/parse.ts";
import { Report } from "../src/text/report.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { median } from "./harness/statistics.ts";

const RULES = 1_000;
const given = readArguments();
const rounds = Number(given.positional[0] ?? 30);
const results = openReport(given);

const HEAD = `event payment {
  id: string @id
  at: timestamp @time
  amount: money
  card: string @key @pii
  customer: string? @key
  country: string
  card_country: string?
  channel: enum(pos, ecom, moto)
  threeds: bool = false
}
list high_risk: string = ["KP", "IR"]
feature card_tx_1h = count of payment by card over 1h
feature usual_amount = average of payment.amount by customer over 90d excluding current

ruleset card_payments on payment {
  outcomes allow < challenge < review < decline
  policy worst
  default allow
  let ratio = amount / usual_amount
`;

function rule(number: number): string {
  return `
  /// Rule ${number} of many, with a line of documentation.
  rule burst_${number} "Burst of small payments ${number}" {
    when card_tx_1h >= ${(number % 50) + 1} and amount < ${(number % 90) + 1}.00 USD and (channel == ecom or country in high_risk) and not threeds
    then decline
    score min(${number % 10} * ratio, 40)
    reason R${number} "{card_tx_1h} payments in one hour on this card"
    tags velocity, card_testing
  }
`;
}

const text = `${HEAD}${Array.from({ length: RULES }, (_, number) => rule(number)).join("")}}\n`;

function tell(what: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);
  results.figure(what, values, { unit: "ms", better: "less" });
  console.log(`${what.padEnd(44)} median ${median(values).toFixed(1)} ms, 95 % ${at(0.95)} ms, first ${values[0]?.toFixed(1)} ms`);
}

function cpu(work: () => void): number {
  const begun = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(begun);
  return (user + system) / 1_000;
}

function readAndCheck(): void {
  const times = { parse: [] as number[], check: [] as number[], next: [] as number[] };
  const machine = new NextTokens();
  for (let round = 0; round < rounds; round++) {
    const report = new Report();
    let file: ReturnType<typeof parseFile> | undefined;
    times.parse.push(cpu(() => (file = parseFile({ path: "a.risk", text }, report))));
    const parsed = file;
    if (parsed === undefined) throw new Error("not parsed");
    times.check.push(cpu(() => checkFiles([parsed], new Map(), report)));
    if (report.sorted().length > 0) throw new Error(`the file has findings: ${report.sorted()[0]?.message}`);
    times.next.push(cpu(() => machine.after(`ruleset r on e {\n${rule(round).slice(0, -60)}`)));
  }
  tell("parse, processor time", times.parse);
  tell("check, processor time", times.check);
  tell("parse and check together, processor time", times.parse.map((each, i) => each + (times.check[i] ?? 0)));
  tell("walk along a rule for completion", times.next);
}

async function serve(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", "src", "main.ts"), "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const uri = pathToFileURL(join(root, "a.risk")).href;
    writeFileSync(join(root, "a.risk"), text);
    const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    let heard: (params: PublishDiagnosticsParams) => void = () => undefined;
    connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => heard(params));
    connection.listen();
    await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, workspaceFolders: [{ uri: pathToFileURL(root).href, name: "r" }], capabilities: {} });
    await connection.sendNotification("initialized", {});
    await connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: "sluice-risk", version: 1, text } });
    const told = (wanted: (count: number) => boolean): Promise<number> => {
      const begun = performance.now();
      return new Promise((resolve) => {
        heard = ({ diagnostics }) => {
          if (wanted(diagnostics.length)) resolve(performance.now() - begun);
        };
      });
    };
    const line = text.split("\n").findIndex((each) => each.includes("rule burst_500 ")) + 1;
    const character = (text.split("\n")[line] ?? "").length;
    let version = 1;
    const type = async (from: number, to: number, inserted: string): Promise<void> => {
      const range = { start: { line, character: from }, end: { line, character: to } };
      await connection.sendNotification("textDocument/didChange", { textDocument: { uri, version: ++version }, contentChanges: [{ range, text: inserted }] });
    };
    // The first answers wait for the process to start and the folder to be read.
    await connection.sendRequest("textDocument/completion", { textDocument: { uri }, position: { line, character } });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const keystrokes: number[] = [];
    const completions: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const broken = told((count) => count > 0);
      await type(character, character, " >");
      keystrokes.push(await broken);
      const begun = performance.now();
      const list = await connection.sendRequest<CompletionList>("textDocument/completion", { textDocument: { uri }, position: { line, character: character + 2 } });
      completions.push(performance.now() - begun);
      if (!list.items.some(({ label }) => label === "card_tx_1h")) throw new Error("nothing to complete");
      const mended = told((count) => count === 0);
      await type(character, character + 2, "");
      keystrokes.push(await mended);
      // Every other round meets the check of the whole that the pause starts.
      if (round % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 250));
    }
    tell("keystroke to findings, at the client", keystrokes);
    tell("completion, at the client", completions);
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    connection.dispose();
  } finally {
    child.kill();
    rmSync(root, { recursive: true, force: true });
  }
}

console.log(`${RULES} rules, ${(text.length / 1024).toFixed(0)} KB, ${rounds} rounds`);
readAndCheck();
await serve();
results.end();
