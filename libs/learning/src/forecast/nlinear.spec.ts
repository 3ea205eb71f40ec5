import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { addRidge, factorise, solveFactorised, squareMatrix } from './linear-system.js';
import { fitNLinear, predictNLinear } from './nlinear.js';
import { windowMoments } from './window-moments.js';

const shape = { inputLength: 4, horizon: 3 };
const windowsOf = (series: readonly (readonly number[])[]) =>
  series.flatMap((values) =>
    Array.from({ length: Math.max(values.length - 6, 0) }, (_, start) => {
      const window = values.slice(start, start + 7);
      return window.map((value) => value - window[3]!);
    }),
  );

describe('linear system', () => {
  // Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.3.
  it('factorises as the book does', () => {
    const matrix = { size: 2, cells: Float64Array.from([2, -2, -2, 5]) };
    const { cells } = factorise(matrix);

    expect([cells[0], cells[2], cells[3]].map((cell) => cell!.toFixed(9))).toEqual([Math.SQRT2, -Math.SQRT2, Math.sqrt(3)].map((cell) => cell.toFixed(9)));
  });

  it('solves what it is given', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 16, maxLength: 16 }), (entries) => {
        const matrix = squareMatrix(4);
        for (let row = 0; row < 4; row++) {
          for (let column = 0; column < 4; column++) for (let index = 0; index < 4; index++) matrix.cells[row * 4 + column]! += entries[row * 4 + index]! * entries[column * 4 + index]!;
        }
        addRidge(matrix, 0.1);
        const original = Float64Array.from(matrix.cells);
        const solution = solveFactorised(factorise(matrix), Float64Array.from([1, -2, 3, 0.5]));
        const product = [0, 1, 2, 3].map((row) => solution.reduce((sum, value, column) => sum + value * original[row * 4 + column]!, 0));

        product.forEach((value, row) => expect(value).toBeCloseTo([1, -2, 3, 0.5][row]!, 6));
      }),
    );
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => factorise({ size: 1, cells: Float64Array.from([-1]) })).toThrow('matrix of 1 rows is not positive definite at row 0');
  });
});

describe('window moments', () => {
  it('are those of the windows', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { maxLength: 20 }), { maxLength: 3 }), (series) => {
        const windows = windowsOf(series);
        const { count, products, sums, squares } = windowMoments(series, shape.inputLength, shape.horizon);
        const sumOf = (of: (window: readonly number[]) => number) => windows.reduce((sum, window) => sum + of(window), 0);

        expect(count).toBe(windows.length);
        for (let row = 0; row < 4; row++) for (let column = 0; column < 7; column++) expect(products[row * 7 + column]).toBeCloseTo(sumOf((window) => window[row]! * window[column]!), 6);
        for (let column = 0; column < 7; column++) expect(sums[column]).toBeCloseTo(sumOf((window) => window[column]!), 6);
        for (let step = 0; step < 3; step++) expect(squares[step]).toBeCloseTo(sumOf((window) => window[4 + step]! ** 2), 6);
      }),
    );
  });
});

describe('linear map of a window', () => {
  const random = seededRandom(2);
  const wave = (phase: number) => Array.from({ length: 120 }, (_, at) => 5 + Math.sin((at + phase) / 3));

  it('continues a wave that it saw other stretches of', () => {
    const { model, ridge } = fitNLinear([wave(0), wave(1.3)], [wave(2.1)], { ...shape, ridges: [1e-10, 10] });
    const unseen = wave(0.7);

    expect(ridge).toBe(1e-10);
    predictNLinear(model, unseen.slice(50, 54)).forEach((value, step) => expect(value).toBeCloseTo(unseen[54 + step]!, 4));
  });

  it('knows its error on the validation part', () => {
    const noisy = () => wave(0).map((value) => value + 0.3 * random.normal());
    const validation = noisy();
    const { model, validationError } = fitNLinear([noisy(), noisy()], [validation], { ...shape, ridges: [0.1] });
    const errors = Array.from({ length: 120 - 6 }, (_, start) => [...predictNLinear(model, validation.slice(start, start + 4))].map((value, step) => (value - validation[start + 4 + step]!) ** 2)).flat();

    expect(validationError).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / errors.length, 9);
  });

  it('shifts with the series', () => {
    const { model } = fitNLinear([wave(0)], [wave(1)], { ...shape, ridges: [0.01] });
    const window = wave(4).slice(0, 4);
    const shifted = predictNLinear(model, window.map((value) => value + 1000));

    predictNLinear(model, window).forEach((value, step) => expect(shifted[step]! - 1000).toBeCloseTo(value, 6));
  });

  it('refuses series shorter than a window', () => {
    expect(() => fitNLinear([[1, 2]], [wave(0)], { ...shape, ridges: [1] })).toThrow('no series is as long as a window of 4 + 3 values');
  });
});
