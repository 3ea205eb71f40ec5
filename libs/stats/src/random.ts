/** A stream of random numbers that a seed decides. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number in [0, limit). */
  below(limit: number): number;
  /** Normal with mean 0 and deviation 1. */
  normal(): number;
}

/** xoshiro128**, the raw 32-bit outputs from a state. Source: Blackman and Vigna 2018, https://prng.di.unimi.it/xoshiro128starstar.c */
export function xoshiro128(seed: readonly [number, number, number, number]): () => number {
  let [first, second, third, fourth] = seed;
  return () => {
    const result = Math.imul(rotated(Math.imul(second, 5), 7), 9) >>> 0;
    const shifted = second << 9;
    third ^= first;
    fourth ^= second;
    second ^= third;
    first ^= fourth;
    third ^= shifted;
    fourth = rotated(fourth, 11);
    return result;
  };
}

/** The stream of a seed; equal seeds give equal streams on every machine. @param seed a whole number. */
export function seededRandom(seed: number): Random {
  const mixed = splitMix32(seed);
  const draw = xoshiro128([mixed(), mixed(), mixed(), mixed()]);
  const next = () => draw() / 2 ** 32;
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    // Box and Muller 1958; 1 - u keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

// Spreads a small seed over the state, as the authors of xoshiro ask for (MurmurHash3's finaliser over a Weyl sequence).
function splitMix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}

function rotated(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
