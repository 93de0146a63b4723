import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

/** A folder that is gone when the test is over. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-rules-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function put(folder: string, path: string, text: string | Uint8Array): Promise<void> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}

/** As editors and deployments save: write beside, then rename over. */
export async function putAtomically(folder: string, path: string, text: string): Promise<void> {
  const target = join(folder, path);
  await writeFile(`${target}.tmp`, text);
  await rename(`${target}.tmp`, target);
}

/** Good rules that differ by a number, with a feature whose definition stays. */
export function goodRules(limit: number): string {
  return `event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  amount: number
}
feature payments_1h = count of payment by card over 1h
ruleset cards on payment {
  outcomes allow < decline
  policy worst
  default allow
  rule large { when amount > ${limit} or payments_1h > 1_000_000 then decline }
}
`;
}

export const BROKEN_RULES = goodRules(10).replace("amount > 10", "amuont > 10");
