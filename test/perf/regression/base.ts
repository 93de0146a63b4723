import { git } from "../../../perf/harness/machine.ts";

/** Against what a tree is compared: revisions, the first wherever it can be, or why there is none. */
export type Base = { readonly revisions: readonly string[] } | { readonly absent: string };

/** Branches that others build on. */
const TRUNKS = ["origin/HEAD", "origin/main", "main"];
/** What is measured. */
const PARTS = ["src", "grammar"];
/** Changes that come together lie within a day. */
const TOGETHER_S = 86_400;

/**
 * On a branch, the revision that it began from. On the trunk, the newest one that is a day older, so that all that came
 * with one push is measured together, then the one before the last change; with changes that are not committed, the last commit.
 */
export function baseOf(root: string): Base {
  const head = git(root, "rev-parse", "HEAD");
  if (head === null) return { absent: "this is no git repository" };
  for (const trunk of TRUNKS) {
    const base = git(root, "merge-base", "HEAD", trunk);
    if (base !== null && base !== head) return { revisions: [base] };
  }
  if (git(root, "diff", "--quiet", "HEAD", "--", ...PARTS) === null) return { revisions: [head] };
  const when = Number(git(root, "log", "-1", "--format=%ct", "HEAD"));
  const line = (git(root, "log", "--first-parent", "--format=%H %ct", "HEAD", "--", ...PARTS) ?? "").split("\n").map((each) => each.split(" "));
  const [last] = line[0] ?? [];
  const before = last === undefined ? null : git(root, "rev-parse", "--verify", "--quiet", `${last}^`);
  const [older] = line.find(([, time]) => Number(time) <= when - TOGETHER_S) ?? [];
  const revisions = [...new Set([older, before ?? undefined])].filter((each) => each !== undefined && git(root, "cat-file", "-e", each) !== null) as readonly string[];
  if (revisions.length > 0) return { revisions };
  return { absent: git(root, "rev-parse", "--is-shallow-repository") === "true" ? "the history before this commit is not here: a shallow clone" : "there is no commit before this one" };
}

/** Paths that commits since the base say to be slower with a reason, as a line `Slower: PATH: REASON`. */
export function meant(root: string, base: string): ReadonlyMap<string, string> {
  const messages = git(root, "log", "--format=%B", `${base}..HEAD`) ?? "";
  return new Map([...messages.matchAll(/^Slower: (.+?): (\S.+)$/gm)].map(([, name = "", reason = ""]) => [name, reason]));
}
