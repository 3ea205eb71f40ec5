import { seededRandom, type Random } from '@orrery/stats';

/**
 * The stream of random numbers that words decide: equal words give equal streams on every machine, in any order of asking.
 * Source of the hash: FNV-1a with 32 bits, Fowler, Noll and Vo 1991.
 */
export function randomOf(...words: readonly (string | number)[]): Random {
  let hash = 0x811c9dc5;
  for (const word of words) {
    // The separator keeps ('a', 'bc') and ('ab', 'c') apart.
    for (const character of `${word}\u0000`) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  }
  return seededRandom(hash);
}

/** Uniform in [0, 1), decided by words. */
export function drawOf(...words: readonly (string | number)[]): number {
  return randomOf(...words).next();
}
