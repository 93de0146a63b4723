import { readConfig } from "../../../src/config.ts";
import { startService } from "../../../src/service.ts";

/* `sluice serve` with another writing thread: node serve.ts WRITER --rules DIR --data DIR --port N. */

const [writer = "", , rules = "", , data = "", , port = "0"] = process.argv.slice(2);
const service = await startService(readConfig({ rules, data, port }, process.env), { storeWriter: new URL(writer) });
service.log.info({ url: service.url }, "serving");
process.once("SIGTERM", () => void service.close().then(() => process.exit(0)));
