/**
 * A number in [0, 1) that depends on nothing but its four arguments: whatever a policy does, a task has the same luck.
 * Comparing policies on such common random numbers leaves only what the policies did.
 *
 * @param seed of the episode.
 * @param draw tells apart what is drawn for one task.
 * Source: the mixing constants and the finaliser of MurmurHash3 (Appleby 2011, public domain).
 */
export function commonDraw(seed: number, job: number, stage: number, draw: number): number {
  let hash = mixed(mixed(mixed(mixed(0x2f0b4a27, seed), job), stage), draw);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}

function mixed(hash: number, value: number): number {
  let block = Math.imul(value | 0, 0xcc9e2d51);
  block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
  const next = hash ^ block;
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}
