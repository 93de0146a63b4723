import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { suite, test } from "node:test";
import { codeOf } from "./code.ts";
import { commandFindings, linkFindings, type Manifest, mapFindings, pinFindings, reasonFindings } from "./documents.ts";
import { type Findings, read, ROOT, sourceFiles, type TextFile, textFiles } from "./files.ts";
import { clockFindings, consoleFindings, environmentFindings, sizeFindings, suppressionFindings } from "./habits.ts";
import { importsOf } from "./imports.ts";
import { cycleFindings, LAYERS, layerFindings, nameFindings, pathFindings, roomOf } from "./layers.ts";
import { machineFindings, unfinishedFindings } from "./words.ts";

/** Why a file may be longer than 400 lines. */
const LONG: ReadonlyMap<string, string> = new Map([
  ["test/oracle/terms.ts", "random terms of every type, one after the other"],
  ["src/lsp/occurrences.ts", "one visitor with a case for every kind of node"],
  ["src/syntax/ast.ts", "the tree of the whole language stands in one place, one short interface after the other"],
  ["grammar/declarations.ts", "one production after the other, each with its recovery"],
  ["test/oracle/terms.ts", "one generator for each type of the language"],
  ["grammar/tests.ts", "one production after the other, each with its recovery"],
  ["src/windows/rows.ts", "the one place that knows how a row stands in memory"],
  ["src/windows/log.ts", "all that changes an entity stands in one place, so that snapshots miss nothing"],
  ["src/windows/rows.ts", "how an entity and its rows lie in memory, known here and nowhere else"],
  ["src/windows/store.ts", "the one face of the windows: each call with what it promises"],
]);

function clean(findings: Findings): void {
  assert.ok(findings.length === 0, `\n${findings.join("\n")}`);
}

/** A check must find exactly the planted places: `file:line` each. */
function bites(findings: Findings, ...expected: readonly string[]): void {
  assert.deepEqual(findings.map((finding) => finding.split(":").slice(0, 2).join(":")).toSorted(), expected.toSorted());
}

const file = (path: string, ...lines: readonly string[]): TextFile => ({ path, text: lines.join("\n") });

const sources = sourceFiles();
const code = textFiles("{src,grammar,test,perf,editors}/**/*.ts");
const everything = [
  ...code,
  ...textFiles("{src,grammar,test,perf,rules,deploy,editors,.ci}/**/*.{md,risk,txt,json,yaml,yml,html,svg}"),
  ...textFiles("{*.md,*.json,.*.json,.ci/run,Dockerfile,.dockerignore,.gitignore}"),
];
const manifest = JSON.parse(read("package.json")) as Manifest;

suite("code is told from comments and strings", () => {
  test("at the same offsets", () => {
    const text = 'a("x // y", `t ${f({ b: "c" })} u`) / 2; // d\n/* e */ g = /[/"]h\\//.test(i) ? 1 / 2 : "\\""; j';
    const code = 'a("      ", `  ${f({ b: " " })}  `) / 2;     \n        g = /       /.test(i) ? 1 / 2 : "  "; j';
    assert.equal(codeOf(text), code);
  });
  test("no file loses its end", () => {
    for (const each of sources) assert.equal(codeOf(each.text).length, each.text.length, each.path);
  });
  test("imports of every form are found", () => {
    const found = importsOf(
      file(
        "src/a/b.ts",
        'import x from "one";',
        'import { type y,',
        '  z } from "../two.ts";',
        'import type { q } from "./three.ts"; // import "never"',
        'export * from "four/five"; const s = \'import w from "never"\';',
        'import "six"; await import("seven"); new Worker(new URL("eight.ts", import.meta.url)); new URL("./page.html", x);',
        'import { type r, type t } from "../nine/ten.ts";',
      ),
    );
    assert.deepEqual(
      found.map((each) => [each.specifier, each.target, each.typeOnly, each.line]),
      [
        ["one", null, false, 1],
        ["../two.ts", "src/two.ts", false, 2],
        ["./three.ts", "src/a/three.ts", true, 4],
        ["four/five", null, false, 5],
        ["six", null, false, 6],
        ["seven", null, false, 6],
        ["eight.ts", "src/a/eight.ts", false, 6],
        ["../nine/ten.ts", "src/nine/ten.ts", true, 7],
      ],
    );
  });
});

suite("layers", () => {
  test("rooms import downwards, and packages stay in their rooms", () => clean(layerFindings(sources)));
  test("a step up, a shut door and a strange package are found", () => {
    bites(
      layerFindings([
        file("src/text/a.ts", 'import { b } from "../types/b.ts";'),
        file("src/engine/a.ts", 'import { b } from "../windows/b.ts";', 'import type { c } from "../rulesets/c.ts";'),
        file("src/check/a.ts", 'import type { b } from "../ir/ir.ts";', 'import { c } from "../ir/lower.ts";'),
        file("src/rulesets/a.ts", 'import { CstParser } from "chevrotain";', 'import { trace } from "@opentelemetry/api";', 'import Fastify from "fastify";'),
        file("src/http/a.ts", 'import swagger from "@fastify/swagger";'),
        file("src/attic/a.ts", 'import { b } from "../text/b.ts";'),
      ]),
      "src/text/a.ts:1",
      "src/engine/a.ts:2",
      "src/check/a.ts:2",
      "src/rulesets/a.ts:1",
      "src/rulesets/a.ts:2",
      "src/rulesets/a.ts:3",
      "src/attic/a.ts:1",
    );
  });
  test("the table knows no room that is not there", () => {
    const rooms = new Set(sources.map((each) => roomOf(each.path)));
    assert.deepEqual(Object.keys(LAYERS).filter((room) => !rooms.has(room)), []);
  });
  test("no cycles", () => clean(cycleFindings(sources)));
  test("a cycle is found, one of types is none", () => {
    const [a, b] = [file("src/x/a.ts", 'import { b } from "./b.ts";'), file("src/x/b.ts", 'import { c } from "./c.ts";')];
    bites(cycleFindings([a, b, file("src/x/c.ts", 'import { a } from "./a.ts";')]), "src/x/a.ts:1");
    bites(cycleFindings([a, b, file("src/x/c.ts", 'import type { a } from "./a.ts";')]));
  });
  test("imports name files", () => clean(pathFindings(code, new Set([...code.map((each) => each.path), "package.json"]))));
  test("a folder and a missing ending are found", () => {
    bites(pathFindings([file("src/x/a.ts", 'import "../y";', 'import "./b";', 'import "./b.ts";')], new Set(["src/x/b.ts"])), "src/x/a.ts:1", "src/x/a.ts:2");
  });
  test("names say what is inside", () => clean(nameFindings(sources.map((each) => each.path))));
  test("names that say nothing are found", () => {
    bites(nameFindings(["src/x/index.ts", "src/x/utils.ts", "src/helpers/a.ts", "src/x/useful.ts"]), "src/x/index.ts:1", "src/x/utils.ts:1", "src/helpers/a.ts:1");
  });
});

suite("habits", () => {
  test("the environment is read in one place", () => clean(environmentFindings(sources)));
  test("every way to the environment is found", () => {
    const text = ["process.env.A;", "process . env;", 'process["env"];', "const { env } = process;", 'import { env } from "node:process";', "// process.env", '"process.env"'];
    bites(environmentFindings([file("src/a.ts", ...text), file("src/config.ts", ...text)]), ...[1, 2, 3, 4, 5].map((line) => `src/a.ts:${line}`));
  });
  test("the wall clock is read in one place", () => clean(clockFindings(sources)));
  test("every way to the wall clock is found", () => {
    const text = ["Date.now();", "new Date();", "new Date;", "Date();", "new Date(at);", "Date.UTC(2026);", "performance.now();", "inDate(x); new  Date( )", "const now = Date . now;"];
    bites(clockFindings([file("src/a.ts", ...text), file("src/clock.ts", ...text)]), ...[1, 2, 3, 4, 8, 9].map((line) => `src/a.ts:${line}`));
  });
  test("nothing is written to the console", () => clean(consoleFindings(sources)));
  test("a write to the console is found", () => {
    bites(consoleFindings([file("src/a.ts", "console.log(1);", "// console.log", "const console_ = 1;", "console?.error(2)")]), "src/a.ts:1", "src/a.ts:4");
  });
  test("no check is switched off without a reason", () => clean(suppressionFindings(code.filter((each) => !each.path.startsWith("test/tidy/")))));
  test("a switched-off check is found", () => {
    bites(
      suppressionFindings([file("src/a.ts", "// @ts-ignore", "// oxlint-disable-next-line eqeqeq", "// oxlint-disable-next-line eqeqeq -- null and undefined")]),
      "src/a.ts:1",
      "src/a.ts:2",
    );
  });
  test("files are short, and long ones have a reason", () => clean(sizeFindings(code, LONG)));
  test("a long file and a stale reason are found", () => {
    const lines = (count: number): string => "x\n".repeat(count);
    const files = [file("a.ts", lines(601)), file("b.ts", lines(401)), file("c.ts", lines(401)), file("d.ts", lines(400))];
    bites(sizeFindings(files, new Map([["c.ts", "a table"], ["d.ts", "a table"]])), "a.ts:601", "b.ts:401", "d.ts:1");
  });
});

suite("words", () => {
  const prose = everything.filter((each) => each.path !== "test/tidy/tidy.test.ts" && each.path !== "package-lock.json");
  test("nothing is unfinished", () => clean(unfinishedFindings(prose)));
  test("words of unfinished work are found", () => {
    bites(unfinishedFindings([file("a.md", "TODO: more", "a stub", "stubborn", "good for nowhere", "enough for now", "a placeholder")]), "a.md:1", "a.md:2", "a.md:5", "a.md:6");
  });
  test("nothing names one machine or where packages come from", () => clean(machineFindings(everything.filter((each) => each.path !== "test/tidy/tidy.test.ts"))));
  test("a registry and a folder of a machine are found", () => {
    const text = ["https://registry.npmjs.org/x", 'cd "/home/me/x"', "/work/x", "a/work/x", "`/root/x`", "USER node # /home/node/x"];
    bites(machineFindings([file("a.md", ...text)]), "a.md:1", "a.md:2", "a.md:3", "a.md:5");
  });
});

suite("documents", () => {
  const commands = new Set(textFiles("src/cli/*.ts").map((each) => posix.basename(each.path, ".ts")));
  const documents = textFiles("{*.md,{src,grammar,rules,perf,test,deploy,editors}/**/*.md}");

  test("versions are exact", () => clean(pinFindings(manifest)));
  test("a range is found", () => {
    const loose = { scripts: {}, dependencies: { a: "^1.2.3" }, devDependencies: { b: "1.2.3" }, optionalDependencies: { c: "latest" } };
    bites(pinFindings(loose), "package.json:1", "package.json:1");
  });
  test("every dependency has its reason", () => clean(reasonFindings(manifest, read("CONTRIBUTING.md"))));
  test("a dependency without a reason, and a reason without a dependency, are found", () => {
    const two = { scripts: {}, dependencies: { a: "1.0.0", b: "1.0.0" }, devDependencies: {}, optionalDependencies: {} };
    clean(reasonFindings(two, "| `a`, `b` | parse the things |"));
    bites(reasonFindings(two, "| `a` | good |\n| `c` | reads the clock |"), "CONTRIBUTING.md:1", "CONTRIBUTING.md:1", "CONTRIBUTING.md:1");
  });
  test("the code map is true", () => clean(mapFindings(sources.map((each) => each.path).filter((path) => path.startsWith("src/")), read("src/README.md"))));
  test("a missing file, room and a ghost are found", () => {
    const map = "## `a/`\n| `a/b.ts` | what it is |\n| `a/ghost.ts` | was |\n";
    clean(mapFindings(["src/a/b.ts", "src/a/ghost.ts"], map));
    assert.equal(mapFindings(["src/a/b.ts", "src/c/d.ts"], map).length, 3);
  });
  test("commands in the documents exist", () => clean(documents.flatMap((each) => commandFindings(each.path, each.text, manifest, commands))));
  test("a command that does not exist is found", () => {
    const text = "```sh\nnpm ci && npm tset\nnpm run banch\nnpx sluice sreve\nnpx sluice serve\n```\n";
    assert.equal(commandFindings("a.md", text, manifest, new Set(["serve"])).length, 3);
  });
  test("links lead somewhere", () => clean(documents.flatMap((each) => linkFindings(each.path, each.text, (target) => existsSync(posix.join(ROOT, target))))));
  test("a dead link is found", () => {
    assert.equal(linkFindings("a/b.md", "[x](c.md#d) [y](https://e.example) [z](#f) [w](gone.md)", (target) => target === "a/c.md").length, 1);
  });
  test("the change log says what is not released", () => assert.match(read("CHANGELOG.md"), /^## .*unreleased/im));
  test("the tour is short", () => assert.ok(read("README.md").split("\n").length <= 80));
});
