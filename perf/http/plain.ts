import fastify from "fastify";

/*
 * What the service is measured against: Fastify as it comes, which parses a request and answers a constant; and the same
 * over a stream of lines, each parsed and answered by a constant. Says where it listens, as the service does.
 */

const app = fastify({ bodyLimit: 16 * 1024 * 1024 });

const ANSWER = { outcome: "allow", score: 0 };

app.post("/v1/decisions", () => ANSWER);

app.addContentTypeParser("application/x-ndjson", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
app.post<{ Body: Buffer }>("/v1/lines", (request, reply) => {
  let text = "";
  for (const line of request.body.toString().split("\n")) {
    const event = JSON.parse(line) as unknown;
    text += `${JSON.stringify(event === null ? null : ANSWER)}\n`;
  }
  return reply.header("content-type", "application/x-ndjson").send(text);
});

const url = await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`${JSON.stringify({ url })}\n`);
process.on("SIGTERM", () => process.exit());
