import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { run } from "../../src/cli/serve.ts";

async function serve(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await run(args, { stdin, stdout, stderr });
  return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

test("help tells the flags", async () => {
  const { code, stdout } = await serve("--help");
  assert.equal(code, 0);
  for (const flag of ["--rules", "--host", "--port"]) assert.ok(stdout.includes(flag));
});

test("wrong usage is 2, with the flag and what would do", async () => {
  const port = await serve("--port", "http");
  assert.equal(port.code, 2);
  assert.match(port.stderr, /^sluice serve: --port: `http` is no whole number/);
  const flag = await serve("--prot", "1");
  assert.equal(flag.code, 2);
  assert.match(flag.stderr, /--port/);
});

test("a port that is taken is told, and nothing is left running", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const taken = await serve("--port", String(port));
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, new RegExp(`port ${port} of 127\\.0\\.0\\.1 is taken`));
  server.close();
});
