import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { inflateRawSync } from "node:zlib";
import { packageExtension } from "../../editors/package.ts";
import { SCOPE } from "../../grammar/textmate.ts";
import { read } from "../tidy/files.ts";

/** The files of a zip archive by name, by its central directory (APPNOTE 4.3.12). */
function unzip(archive: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = archive.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size, name, extra, comment] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28), archive.readUInt16LE(at + 30), archive.readUInt16LE(at + 32)];
    const local = archive.readUInt32LE(at + 42);
    const body = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const bytes = archive.subarray(body, body + size);
    files.set(archive.toString("utf8", at + 46, at + 46 + name), method === 8 ? inflateRawSync(bytes) : bytes);
    at += 46 + name + extra + comment;
  }
  return files;
}

interface Manifest {
  readonly main: string;
  readonly version: string;
  readonly contributes: {
    readonly languages: readonly { readonly id: string; readonly extensions: readonly string[]; readonly configuration: string }[];
    readonly grammars: readonly { readonly language: string; readonly scopeName: string; readonly path: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
  };
}

suite("the extension for Visual Studio Code", () => {
  test("is packaged without the network, with everything that its manifest names", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-vsix-"));
    try {
      const target = join(folder, "sluice.vsix");
      await packageExtension(target);
      const files = unzip(readFileSync(target));
      const text = (path: string): string => {
        const bytes = files.get(join("extension", path));
        assert.ok(bytes !== undefined, `${path} is not in ${[...files.keys()].join(" ")}`);
        return bytes.toString("utf8");
      };
      const manifest = JSON.parse(text("package.json")) as Manifest;
      const { languages, grammars, configuration } = manifest.contributes;
      assert.deepEqual(languages.map(({ id, extensions }) => [id, extensions]), [["sluice-risk", [".risk"]]]);
      assert.equal(JSON.parse(text(languages[0]?.configuration ?? "")).comments.lineComment, "//");
      assert.equal(grammars[0]?.language, "sluice-risk");
      assert.equal(JSON.parse(text(grammars[0].path)).scopeName, SCOPE);
      assert.equal(grammars[0].scopeName, SCOPE);
      assert.deepEqual(configuration.properties["sluice.command"]?.default, ["sluice"]);
      const bundle = text(manifest.main);
      // The editor brings `vscode` along; whatever else is asked for must be of Node.
      const asked = new Set([...bundle.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = ""]) => name.replace(/^node:/, "")));
      assert.ok(asked.has("vscode"));
      assert.deepEqual([...asked].filter((name) => !["vscode", "assert", "child_process", "crypto", "events", "fs", "net", "os", "path", "readline", "url", "util", "worker_threads", "stream"].includes(name)), []);
      assert.match(bundle, /sluice\.command/);
      assert.ok(files.has("extension/LICENSE.txt"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("has the version of the program", () => {
    assert.equal((JSON.parse(read("editors/vscode/package.json")) as Manifest).version, (JSON.parse(read("package.json")) as Manifest).version);
  });
});
