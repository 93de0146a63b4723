/**
 * Resolves a path written in a rule file: beside that file first, then from the root of the rules folder.
 * Paths use forward slashes; one that leaves the folder, or is absolute, resolves to nothing.
 */
export function candidates(from: string, target: string): readonly string[] {
  if (target === "" || target.startsWith("/") || target.includes("\\") || target.includes("\0")) return [];
  const slash = from.lastIndexOf("/");
  const beside = normalise(slash === -1 ? target : `${from.slice(0, slash)}/${target}`);
  const rooted = normalise(target);
  return [...new Set([beside, rooted].filter((path) => path !== undefined))];
}

function normalise(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : parts.join("/");
}
