import { randomOf } from './draw.js';

/** Up to so many pairs, all orders are gone through: 65,536 of them. */
const mostEnumerated = 16;
const drawCount = 9999;

/**
 * How likely a ratio of sums at least as far from 1 (in logarithms, either way) is when it does not matter which of each pair was treated: the share of
 * the orders of blocks that could have been drawn. Exact up to 16 pairs, from 9,999 drawn orders beyond.
 *
 * @param treatment one value a pair, above 0, of any unit, @param control in the same order and unit.
 * @returns from 0 to 1; 1 for no pairs.
 * Source: Fisher 1935, The Design of Experiments; for switchbacks Bojinov, Simchi-Levi and Zhao 2023, doi 10.1287/mnsc.2022.4583, section 4.1;
 * the drawn form counts the observed order too: Phipson and Smyth 2010, doi 10.2202/1544-6115.1585.
 */
export function randomisationP(treatment: readonly number[], control: readonly number[], seedWords: readonly (string | number)[] = ['randomisation']): number {
  const pairCount = treatment.length;
  if (pairCount === 0) return 1;
  const differences = treatment.map((value, index) => value - (control[index] ?? 0));
  const total = treatment.reduce((sum, value, index) => sum + value + (control[index] ?? 0), 0);
  // With one total, the ratio (total + d) / (total - d) grows with |d|: the sums themselves need not be kept.
  const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0)) - total * 1e-12;
  return pairCount <= mostEnumerated ? enumerated(differences, observed) : drawn(differences, observed, seedWords);
}

function enumerated(differences: readonly number[], observed: number): number {
  const orderCount = 2 ** differences.length;
  let asFar = 0;
  for (let order = 0; order < orderCount; order += 1) {
    let sum = 0;
    for (let index = 0; index < differences.length; index += 1) sum += (order >> index) & 1 ? (differences[index] as number) : -(differences[index] as number);
    if (Math.abs(sum) >= observed) asFar += 1;
  }
  return asFar / orderCount;
}

function drawn(differences: readonly number[], observed: number, seedWords: readonly (string | number)[]): number {
  const random = randomOf(...seedWords);
  let asFar = 1;
  for (let draw = 0; draw < drawCount; draw += 1) {
    let sum = 0;
    for (const difference of differences) sum += random.next() < 0.5 ? difference : -difference;
    if (Math.abs(sum) >= observed) asFar += 1;
  }
  return asFar / (drawCount + 1);
}
