import type { Findings } from "./files.ts";

/** What package.json says, as far as the checks look at it. */
export interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

function dependenciesOf(manifest: Manifest): [string, string][] {
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies });
}

/** Versions are exact, so that a build of today is the build of tomorrow. */
export function pinFindings(manifest: Manifest): Findings {
  return dependenciesOf(manifest)
    .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
    .map(([name, version]) => `package.json:1: \`${name}\` is not pinned (${version})`);
}

/** Every dependency stands in a table row of the guide with a reason of at least a few words, and no other does. */
export function reasonFindings(manifest: Manifest, guide: string): Findings {
  const rows = [...guide.matchAll(/^\| (?<names>`[^|]+`) \| (?<reason>[^|]+) \|$/gm)];
  const reasons = new Map(
    rows.flatMap((row) => [...(row.groups?.["names"] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => [name, row.groups?.["reason"] ?? ""] as const)),
  );
  const names = dependenciesOf(manifest).map(([name]) => name);
  return [
    ...names.filter((name) => (reasons.get(name) ?? "").trim().split(/\s+/).length < 3).map((name) => `CONTRIBUTING.md:1: no reason for \`${name}\``),
    ...[...reasons.keys()].filter((name) => !names.includes(name)).map((name) => `CONTRIBUTING.md:1: \`${name}\` is no dependency`),
  ];
}

/** The code map names every file of `src` in a table row of its room, and no file that is not there. */
export function mapFindings(paths: readonly string[], map: string): Findings {
  const named = [...map.matchAll(/^\| `(?<path>[\w./-]+\.ts)` \| \S/gm)].map((row) => `src/${row.groups?.["path"]}`);
  const rooms = new Set(paths.map((path) => path.split("/").slice(1, -1)[0]).filter((room) => room !== undefined));
  return [
    ...paths.filter((path) => !named.includes(path)).map((path) => `src/README.md:1: does not name ${path}`),
    ...named.filter((path) => !paths.includes(path)).map((path) => `src/README.md:1: ${path} is not there`),
    ...named.filter((path, i) => named.indexOf(path) !== i).map((path) => `src/README.md:1: names ${path} twice`),
    ...[...rooms].filter((room) => !map.includes(`## \`${room}/\``)).map((room) => `src/README.md:1: has no section on \`${room}/\``),
  ];
}

/** npm's own commands that a reader may be told to type. */
const NPM_COMMANDS: ReadonlySet<string> = new Set(["ci", "install", "start", "test"]);

/** Commands in fenced blocks that npm or the program does not know. */
export function commandFindings(path: string, text: string, manifest: Manifest, commands: ReadonlySet<string>): Findings {
  const blocks = [...text.matchAll(/^```(?:sh|console)\n(?<body>.*?)^```/gms)].map((block) => block.groups?.["body"] ?? "").join("\n");
  const scripts = [...blocks.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = ""]) => name).filter((name) => manifest.scripts[name] === undefined);
  const bare = [...blocks.matchAll(/\bnpm (?!run\b)(\w+)/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !NPM_COMMANDS.has(name) || (name !== "ci" && name !== "install" && manifest.scripts[name] === undefined));
  const own = [...blocks.matchAll(/\bsluice ([a-z]+)/g)].map(([, name = ""]) => name).filter((name) => !commands.has(name));
  return [...scripts, ...bare, ...own].map((name) => `${path}:1: there is no command \`${name}\``);
}

/** Links and code spans that name a path of the repository which is not there. */
export function linkFindings(path: string, text: string, exists: (target: string) => boolean): Findings {
  const links = [...text.matchAll(/\]\((?!https?:|#)(?<target>[^)#\s]+)/g)].map((link) => link.groups?.["target"] ?? "");
  const folder = path.split("/").slice(0, -1).join("/");
  return links.filter((target) => !exists(folder === "" ? target : `${folder}/${target}`)).map((target) => `${path}:1: \`${target}\` is not there`);
}
