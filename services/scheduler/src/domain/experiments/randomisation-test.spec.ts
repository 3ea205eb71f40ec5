import { describe, expect, it } from '@jest/globals';
import { randomisationP } from './randomisation-test.js';

describe('a randomisation test', () => {
  it('finds what Fisher found in the heights of Darwin’s plants', () => {
    // Differences of 15 pairs in eighths of an inch. Source: Fisher 1935, The Design of Experiments, section 21: 1,726 of 32,768 orders.
    const differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

    expect(randomisationP(differences.map((difference) => 1000 + difference), differences.map(() => 1000))).toBe(1726 / 32_768);
  });

  it('comes near the exact share where it draws orders', () => {
    const treatment = Array.from({ length: 20 }, (_, index) => 100 + ((index * 37) % 11) - 7);
    const control = Array.from({ length: 20 }, () => 100);
    const differences = treatment.map((value) => value - 100);
    const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0));
    let asFar = 0;
    for (let order = 0; order < 2 ** 20; order += 1) {
      let sum = 0;
      for (let index = 0; index < 20; index += 1) sum += (order >> index) & 1 ? (differences[index] ?? 0) : -(differences[index] ?? 0);
      if (Math.abs(sum) >= observed) asFar += 1;
    }

    expect(Math.abs(randomisationP(treatment, control) - asFar / 2 ** 20)).toBeLessThan(0.015);
  });

  it('cannot tell with few pairs, none or no difference', () => {
    expect(randomisationP([1, 1, 1, 1, 1], [9, 9, 9, 9, 9])).toBe(2 / 32);
    expect(randomisationP([], [])).toBe(1);
    expect(randomisationP([5, 6], [5, 6])).toBe(1);
  });
});
