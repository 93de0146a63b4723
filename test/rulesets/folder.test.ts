import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { analyse, isUnchanged } from "../../src/rulesets/build.ts";
import { diskReader, filesReader, MAX_DEPTH, MAX_ENTRIES, MAX_FILES } from "../../src/rulesets/disk.ts";
import { Folder, MAX_FILE_BYTES, MAX_LIST_BYTES, MAX_TOTAL_BYTES } from "../../src/rulesets/folder.ts";
import { memoryReader, type RulesReader } from "../../src/rulesets/reader.ts";
import { Report } from "../../src/text/report.ts";
import { goodRules, put, temporaryFolder } from "./folders.ts";

/** Paths read, and codes reported, with the messages for those who look. */
function read(reader: RulesReader): { paths: string[]; codes: string[]; messages: string } {
  const report = new Report();
  const folder = new Folder(reader, report);
  folder.readRules();
  const found = report.sorted();
  return { paths: [...folder.rules.keys()], codes: found.map(({ code }) => code), messages: found.map(({ message }) => message).join("\n") };
}

suite("a rules folder on disk", () => {
  test("is read with the folders below it, without hidden files and node_modules", async (t) => {
    const folder = temporaryFolder(t);
    for (const path of ["b.risk", "a/c.risk", "a/d/e.risk", ".hidden.risk", ".git/x.risk", "node_modules/x.risk", "notes.txt"]) {
      await put(folder, path, "");
    }
    assert.deepEqual(read(diskReader(folder)), { paths: ["a/c.risk", "a/d/e.risk", "b.risk"], codes: [], messages: "" });
  });

  test("follows links inside it, not out of it, and not in circles", async (t) => {
    const outside = temporaryFolder(t);
    await put(outside, "secret.risk", "");
    await put(outside, "folder/more.risk", "");
    const folder = temporaryFolder(t);
    await put(folder, "..2026/rules.risk", "");
    symlinkSync("..2026", join(folder, "..data"));
    symlinkSync("..data/rules.risk", join(folder, "rules.risk"));
    mkdirSync(join(folder, "sub"));
    symlinkSync("..", join(folder, "sub/up"));
    symlinkSync(join(outside, "secret.risk"), join(folder, "out.risk"));
    symlinkSync(join(outside, "folder"), join(folder, "outfolder"));
    symlinkSync("nowhere.risk", join(folder, "dead.risk"));
    const { paths, codes, messages } = read(diskReader(folder));
    assert.deepEqual(paths, ["rules.risk"]);
    assert.deepEqual(codes.toSorted(), ["RSK0502", "RSK0506", "RSK0506"]);
    assert.match(messages, /`dead.risk` cannot be read: no such file/);
    assert.match(messages, /`out.risk` cannot be read: the link leads out/);
  });

  test("of a path that leaves it reads nothing, link or not", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "secret.txt", "x");
    await put(folder, "rules/a.risk", "");
    const reader = diskReader(join(folder, "rules"));
    assert.deepEqual(reader.read("../secret.txt", 10), { kind: "refused", why: "outside", detail: "the link leads out of the rules folder" });
  });

  test("that is absent, a file or empty is told so", async (t) => {
    const folder = temporaryFolder(t);
    assert.deepEqual(read(diskReader(join(folder, "absent"))).codes, ["RSK0501"]);
    assert.deepEqual(read(diskReader(folder)).codes, ["RSK0507"]);
    await put(folder, "file", "");
    assert.match(read(diskReader(join(folder, "file"))).messages, /it is not a folder/);
  });

  test("is not walked deeper than the limit", async (t) => {
    const folder = temporaryFolder(t);
    const path = (depth: number): string => `${Array.from({ length: depth }, () => "d").join("/")}/x.risk`;
    await put(folder, path(MAX_DEPTH - 1), "");
    assert.deepEqual(read(diskReader(folder)).codes, []);
    await put(folder, path(MAX_DEPTH), "");
    assert.match(read(diskReader(folder)).messages, /nested deeper than 16 folders/);
  });

  test("has at most the allowed number of files, and a file at most its size", async (t) => {
    const folder = temporaryFolder(t);
    await Promise.all(Array.from({ length: MAX_FILES }, (_, i) => put(folder, `r${i}.risk`, "")));
    assert.deepEqual(read(diskReader(folder)).codes, []);
    await put(folder, "one-more.risk", "");
    assert.deepEqual(read(diskReader(folder)).codes, ["RSK0505"]);
    const other = temporaryFolder(t);
    await put(other, "fits.risk", " ".repeat(MAX_FILE_BYTES));
    await put(other, "large.risk", " ".repeat(MAX_FILE_BYTES + 1));
    const { paths, codes } = read(diskReader(other));
    assert.deepEqual({ paths, codes }, { paths: ["fits.risk"], codes: ["RSK0504"] });
    assert.ok(MAX_ENTRIES > MAX_FILES);
  });
});

suite("reading", () => {
  test("bounds the total over rule files and list files", () => {
    const count = MAX_TOTAL_BYTES / MAX_FILE_BYTES;
    const full = Array.from({ length: count }, (_, i) => [`r${i}.risk`, new Uint8Array(MAX_FILE_BYTES).fill(0x20)] as const);
    assert.deepEqual(read(memoryReader("m", new Map(full))).codes, []);
    assert.deepEqual(read(memoryReader("m", new Map<string, string | Uint8Array>([...full, ["z.risk", " "]]))).codes, ["RSK0505"]);
    const list = new Map<string, string | Uint8Array>([
      ["a.risk", 'list names: string from "names.txt"'],
      ["names.txt", new Uint8Array(MAX_LIST_BYTES + 1).fill(0x61)],
    ]);
    assert.deepEqual(analyse(memoryReader("m", list)).diagnostics.map(({ code }) => code), ["RSK0504"]);
  });

  test("refuses what is not UTF-8 and strips a byte order mark", () => {
    const bad = memoryReader("m", new Map([["a.risk", Uint8Array.of(0x22, 0xff, 0x22)]]));
    assert.deepEqual(read(bad).codes, ["RSK0503"]);
    const report = new Report();
    const folder = new Folder(memoryReader("m", new Map([["a.risk", "\uFEFFevent"]])), report);
    folder.readRules();
    assert.equal(folder.sources()[0]?.text, "event");
  });

  test("looks again when a file vanishes between listing and reading", () => {
    let looks = 0;
    const reader: RulesReader = {
      ...memoryReader("m", new Map([["b.risk", ""]])),
      list: () => ({ paths: ++looks === 1 ? ["a.risk", "b.risk"] : ["b.risk"], refused: [], exceeded: null }),
    };
    assert.deepEqual(read(reader), { paths: ["b.risk"], codes: [], messages: "" });
    assert.equal(looks, 2);
    const always: RulesReader = { ...reader, list: () => ({ paths: ["a.risk", "b.risk"], refused: [], exceeded: null }) };
    assert.deepEqual(read(always).codes, ["RSK0502"]);
  });
});

suite("the version", () => {
  const files = new Map([
    ["z.risk", 'list bad: string from "lists/bad.txt"\n' + goodRules(5)],
    ["a/b.risk", "// ü\n"],
    ["lists/bad.txt", "x\ny\n"],
    ["lists/unused.txt", "not named"],
  ]);

  test("is the hash over path, length and bytes of all rule files and the lists they name", () => {
    const { version, diagnostics } = analyse(memoryReader("m", files));
    assert.deepEqual(diagnostics, []);
    const all = ["a/b.risk", "lists/bad.txt", "z.risk"].map((path) => {
      const bytes = Buffer.from(files.get(path) ?? "");
      return Buffer.concat([Buffer.from(path), Buffer.of(0), Buffer.from(String(bytes.length)), Buffer.of(0), bytes]);
    });
    assert.equal(version, createHash("sha256").update(Buffer.concat(all)).digest("hex").slice(0, 16));
  });

  test("and the check for changes see every file that counts, and no other", () => {
    const { content } = analyse(memoryReader("m", files));
    const unchanged = (path: string, text: string | null): boolean => {
      const changed = new Map(files);
      if (text === null) changed.delete(path);
      else changed.set(path, text);
      return isUnchanged(memoryReader("m", changed), content);
    };
    assert.equal(isUnchanged(memoryReader("m", files), content), true);
    assert.equal(unchanged("lists/unused.txt", "other"), true);
    assert.equal(unchanged("lists/bad.txt", "x\n"), false);
    assert.equal(unchanged("lists/bad.txt", null), false);
    assert.equal(unchanged("a/b.risk", "// u\n"), false);
    assert.equal(unchanged("a/b.risk", null), false);
    assert.equal(unchanged("new.risk", ""), false);
  });

  test("counts a change of what cannot be read", () => {
    const bytes = (...more: number[]): RulesReader => memoryReader("m", new Map([["a.risk", Uint8Array.of(0xff, ...more)]]));
    const { content } = analyse(bytes());
    assert.equal(isUnchanged(bytes(), content), true);
    assert.equal(isUnchanged(bytes(0x20), content), false);
  });
});

suite("single files", () => {
  test("are read with what they import, and nothing else", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "main.risk", 'import bad from "common/lists.risk"\n' + goodRules(5));
    await put(folder, "common/lists.risk", 'list bad: string = ["x"]\n');
    await put(folder, "other.risk", "this is no rule");
    const { sources, diagnostics } = analyse(filesReader(folder, ["main.risk"]));
    assert.deepEqual(sources.map(({ path }) => path), ["main.risk", "common/lists.risk"]);
    assert.deepEqual(diagnostics.filter(({ severity }) => severity === "error"), []);
  });
});
