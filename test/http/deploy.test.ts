import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { DEFAULT_SHUTDOWN_TIMEOUT_MS, readConfig } from "../../src/config.ts";

/*
 * No container runs here. These tests hold the texts to what can be known without one: names that exist, settings that
 * the service understands, and a service that runs on exactly the files that the image holds.
 */

const root = join(import.meta.dirname, "..", "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

const instructions: readonly Instruction[] = read("Dockerfile")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => ({ word: line.slice(0, line.indexOf(" ")), rest: line.slice(line.indexOf(" ") + 1) }));
const all = (word: string): string[] => instructions.filter((each) => each.word === word).map((each) => each.rest);

/** What the last stage takes out of the build context. */
const copied = instructions
  .slice(instructions.findLastIndex((each) => each.word === "FROM"))
  .filter((each) => each.word === "COPY" && !each.rest.startsWith("--from"))
  .flatMap((each) => each.rest.split(" ").slice(0, -1));

const settings = Object.fromEntries(all("ENV").flatMap((rest) => rest.split(" ").map((each) => each.split("=") as [string, string])));

test("both stages start from one pinned image, and no other user than root's is left", () => {
  const [first, second, ...more] = all("FROM");
  assert.deepEqual(more, []);
  assert.equal(first, `${second} AS dependencies`);
  assert.match(second ?? "", /^node:\d+-slim$/);
  assert.deepEqual(all("USER"), ["node"]);
  const words = instructions.map((each) => each.word);
  assert.ok(words.indexOf("USER") < words.indexOf("ENTRYPOINT"));
  assert.ok(!read("Dockerfile").includes("latest"));
});

test("the image has the Node that the package asks for, and only what it needs to run", () => {
  const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
  assert.equal(`>=${/^node:(\d+)-/.exec(all("FROM")[0] ?? "")?.[1]}`, engines.node);
  assert.ok(all("RUN").some((each) => each.startsWith("npm ci --omit=dev --omit=optional")));
});

test("what is copied exists and is let into the build, and nothing else is", () => {
  const [everything, ...admitted] = read(".dockerignore").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.equal(everything, "*");
  const names = admitted.map((line) => line.replace(/^!/, ""));
  const stages = all("COPY").filter((each) => !each.startsWith("--from"));
  const wanted = new Set(stages.flatMap((each) => each.split(" ").slice(0, -1)).map((each) => each.replace(/^\.\//, "")));
  assert.deepEqual(names.toSorted(), [...wanted].toSorted());
  for (const name of names) assert.ok(existsSync(join(root, name)), name);
});

test("the settings of the image are ones that the service knows", () => {
  const { NODE_ENV: _mode, ...sluice } = settings;
  const config = readConfig({}, sluice);
  assert.deepEqual(config.unknown, []);
  assert.equal(config.host, "0.0.0.0");
  assert.equal(config.rules, "/app/rules");
  assert.deepEqual(all("EXPOSE"), [String(config.port)]);
});

test("the service runs on exactly the files of the image, and the image's own health check tells", async (t) => {
  const app = mkdtempSync(join(tmpdir(), "sluice-image-"));
  t.after(() => rmSync(app, { recursive: true, force: true }));
  for (const path of copied) cpSync(join(root, path), join(app, path), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(app, "node_modules"), statSync(root).isDirectory() ? "dir" : "file");
  const entry = [...(JSON.parse(all("ENTRYPOINT")[0] ?? "") as string[]), ...(JSON.parse(all("CMD")[0] ?? "") as string[])];
  assert.equal(entry[0], "node");
  const environment = { PATH: process.env["PATH"] ?? "", ...settings, SLUICE_HOST: "127.0.0.1", SLUICE_PORT: "0", SLUICE_RULES: join(app, "rules"), SLUICE_DATA: join(app, "data") };
  const service = spawn(process.execPath, entry.slice(1), { cwd: app, env: environment, stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => service.kill("SIGKILL"));
  let output = "";
  for await (const chunk of service.stdout) {
    output += String(chunk);
    if (output.includes('"msg":"serving"')) break;
  }
  const url = new URL(/"url":"([^"]+)"/.exec(output)?.[1] ?? "");
  assert.equal((await fetch(new URL("/readyz", url))).status, 200, output);

  const health = /CMD (\[.*\])$/.exec(all("HEALTHCHECK")[0] ?? "")?.[1] ?? "";
  const [command, ...args] = JSON.parse(health) as string[];
  assert.equal(command, "node");
  const check = async (port: string): Promise<number> => {
    const child = spawn(process.execPath, args, { env: { ...environment, SLUICE_PORT: port }, stdio: "ignore" });
    return ((await once(child, "exit")) as [number])[0];
  };
  assert.equal(await check(url.port), 0);
  const ended = once(service, "exit");
  service.kill(String(all("STOPSIGNAL")[0]) as NodeJS.Signals);
  assert.deepEqual(await ended, [0, null]);
  assert.equal(await check(url.port), 1);
});

interface Compose {
  readonly services: Readonly<
    Record<string, { build?: string; image?: string; read_only?: boolean; ports?: string[]; volumes?: string[]; environment?: Record<string, string>; stop_grace_period?: string }>
  >;
}

test("compose builds this image, mounts the rules, and points at the collector beside it", () => {
  const { services } = parse(read("deploy/compose.yaml")) as Compose;
  const { sluice, jaeger } = services;
  assert.ok(sluice !== undefined && jaeger !== undefined);
  assert.ok(existsSync(join(root, "deploy", sluice.build ?? "", "Dockerfile")));
  for (const service of [sluice, jaeger]) assert.equal(service.read_only, true);
  for (const port of [...(sluice.ports ?? []), ...(jaeger.ports ?? [])]) assert.match(port, /^127\.0\.0\.1:(\d+):\1$/);
  assert.equal(sluice.ports?.[0]?.split(":").at(-1), settings["SLUICE_PORT"]);
  const [source, target, mode] = sluice.volumes?.[0]?.split(":") ?? [];
  assert.ok(statSync(join(root, "deploy", source ?? "")).isDirectory());
  assert.equal(target, settings["SLUICE_RULES"]);
  assert.equal(mode, "ro");
  assert.match(jaeger.image ?? "", /^jaegertracing\/jaeger:\d+\.\d+\.\d+$/);
  const { telemetry, unknown } = readConfig({}, sluice.environment ?? {});
  assert.deepEqual(unknown, []);
  assert.equal(telemetry.traces, "environment");
  assert.equal(telemetry.logs, "none");
  assert.equal(telemetry.metrics.exporter, "none");
  assert.equal(new URL(sluice.environment?.["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "").hostname, "jaeger");
  assert.ok(Number.parseInt(sluice.stop_grace_period ?? "", 10) * 1_000 > DEFAULT_SHUTDOWN_TIMEOUT_MS);
});
