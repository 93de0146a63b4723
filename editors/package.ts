import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVSIX } from "@vscode/vsce";
import { build } from "esbuild";

/*
 * Packages the extension for Visual Studio Code, without the network:
 *
 *   npm run vscode [TARGET.vsix]
 */

const HERE = import.meta.dirname;
const SOURCE = join(HERE, "vscode");

/** What of the folder goes into the package as it is. */
const FILES = ["package.json", "language-configuration.json", "README.md", ".vscodeignore", "syntaxes"] as const;

/** Builds the package at `target`. Works in a folder of its own, so that nothing of a build lies among the sources. */
export async function packageExtension(target: string): Promise<void> {
  const stage = mkdtempSync(join(tmpdir(), "sluice-vscode-"));
  try {
    for (const name of FILES) cpSync(join(SOURCE, name), join(stage, name), { recursive: true });
    copyFileSync(join(HERE, "..", "LICENSE"), join(stage, "LICENSE"));
    mkdirSync(join(stage, "dist"));
    await build({
      entryPoints: [join(SOURCE, "src", "extension.ts")],
      outfile: join(stage, "dist", "extension.cjs"),
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      external: ["vscode"],
      minify: true,
      logLevel: "error",
    });
    await createVSIX({ cwd: stage, packagePath: target, dependencies: false, allowMissingRepository: true });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const folder = join(HERE, "dist");
  mkdirSync(folder, { recursive: true });
  await packageExtension(process.argv[2] ?? join(folder, "sluice-risk.vsix"));
}
