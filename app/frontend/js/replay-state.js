// How a case stood at a moment: what had happened before its window, and each moment of the window up to that one.
export function fold({ before, moments }, index) {
  const at = {
    seen: new Set(before.seen),
    times: new Map(Object.entries(before.times)),
    tokens: new Map(Object.entries(before.tokens)),
    holders: new Map(Object.entries(before.holders)),
    data: new Map(Object.entries(before.data)),
  };
  for (const moment of moments.slice(0, index + 1)) {
    for (const name of moment.seen) at.seen.add(name);
    for (const [name, times] of Object.entries(moment.times)) at.times.set(name, (at.times.get(name) ?? 0) + times);
    for (const token of moment.closed) at.tokens.delete(token);
    for (const [token, element] of Object.entries(moment.opened)) at.tokens.set(token, element);
    for (const [name, shown] of Object.entries(moment.data)) {
      if (shown) at.data.set(name, shown);
      else at.data.delete(name);
    }
    for (const [token, holder] of Object.entries(moment.holders)) at.holders.set(token, holder);
  }
  return at;
}
