/** Freezes plain data and all that it reaches, so that no event can change what the next one sees. */
export function freeze<T>(data: T): T {
  const pending: unknown[] = [data];
  for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
    if (typeof each !== "object" || each === null || Object.isFrozen(each)) continue;
    Object.freeze(each);
    pending.push(...Object.values(each).filter((part) => part !== undefined));
  }
  return data;
}
