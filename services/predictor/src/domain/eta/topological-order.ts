/**
 * An order in which each node comes after those that it waits for, as far as there is one: of a circle, the node that was given first is
 * let through. Equal nodes keep the order in which they were given.
 *
 * @param awaited for each node the places of those that it waits for.
 */
export function inOrder(awaited: readonly (readonly number[])[]): readonly number[] {
  const missing = awaited.map((places) => new Set(places).size);
  const followers = followersOf(awaited);
  const isPlaced = awaited.map(() => false);
  const order: number[] = [];
  const ready = missing.flatMap((count, node) => (count === 0 ? [node] : []));
  let first = 0;
  while (order.length < awaited.length) {
    const node = ready.shift() ?? firstOpen();
    if (isPlaced[node]) continue;
    isPlaced[node] = true;
    order.push(node);
    for (const follower of followers[node] ?? []) {
      missing[follower] = (missing[follower] ?? 0) - 1;
      if (missing[follower] === 0) ready.push(follower);
    }
  }
  return order;

  function firstOpen(): number {
    while (isPlaced[first]) first++;
    return first;
  }
}

function followersOf(awaited: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const followers = awaited.map((): number[] => []);
  for (const [node, places] of awaited.entries()) for (const place of new Set(places)) followers[place]?.push(node);
  return followers;
}
