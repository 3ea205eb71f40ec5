import { OrreryError } from '@orrery/errors';

/** A square matrix, row by row. */
export interface SquareMatrix {
  readonly size: number;
  readonly cells: Float64Array;
}

export function squareMatrix(size: number): SquareMatrix {
  return { size, cells: new Float64Array(size * size) };
}

/**
 * The Cholesky factor of a symmetric positive definite matrix, of which only the lower triangle is read. The factor takes the matrix's place.
 *
 * Source: Golub and Van Loan, Matrix Computations, 4th ed., algorithm 4.2.1.
 * @throws ORRERY_NUMERICAL when the matrix is not positive definite.
 */
export function factorise({ size, cells }: SquareMatrix): SquareMatrix {
  for (let column = 0; column < size; column++) {
    const diagonal = cellLessProducts(cells, size, { row: column, column });
    if (!(diagonal > 0)) throw new OrreryError('ORRERY_NUMERICAL', `matrix of ${size} rows is not positive definite at row ${column}`);
    const root = Math.sqrt(diagonal);
    cells[column * size + column] = root;
    for (let row = column + 1; row < size; row++) cells[row * size + column] = cellLessProducts(cells, size, { row, column }) / root;
  }
  return { size, cells };
}

function cellLessProducts(cells: Float64Array, size: number, { row, column }: { readonly row: number; readonly column: number }): number {
  const rowStart = row * size;
  const columnStart = column * size;
  let sum = cells[rowStart + column] ?? 0;
  for (let index = 0; index < column; index++) sum -= (cells[rowStart + index] ?? 0) * (cells[columnStart + index] ?? 0);
  return sum;
}

/** Solves for one right-hand side with a factor of {@link factorise}; the solution takes the right-hand side's place. */
export function solveFactorised({ size, cells }: SquareMatrix, rightHandSide: Float64Array): Float64Array {
  const solution = rightHandSide;
  for (let row = 0; row < size; row++) {
    let sum = at(solution, row);
    for (let column = 0; column < row; column++) sum -= at(cells, row * size + column) * at(solution, column);
    solution[row] = sum / at(cells, row * size + row);
  }
  for (let row = size - 1; row >= 0; row--) {
    const value = at(solution, row) / at(cells, row * size + row);
    solution[row] = value;
    for (let column = 0; column < row; column++) solution[column] = at(solution, column) - at(cells, row * size + column) * value;
  }
  return solution;
}

function at(cells: Float64Array, index: number): number {
  return cells[index] ?? 0;
}

/** Adds `share` of the mean diagonal to the diagonal: a ridge that does not depend on the unit of the data. */
export function addRidge({ size, cells }: SquareMatrix, share: number): void {
  let trace = 0;
  for (let index = 0; index < size; index++) trace += cells[index * size + index] ?? 0;
  // Constant data have an empty matrix: any positive diagonal then gives weights of zero.
  const ridge = (share * trace) / Math.max(size, 1) || 1;
  for (let index = 0; index < size; index++) cells[index * size + index] = (cells[index * size + index] ?? 0) + ridge;
}
