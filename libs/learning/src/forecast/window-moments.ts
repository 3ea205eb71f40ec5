/** Sums over all windows of all series, each window measured from the last value of its input. */
export interface WindowMoments {
  readonly count: number;
  /** inputLength + horizon. */
  readonly width: number;
  /** Sum of the products of an input value with an input or target value: `inputLength` rows of `width`. */
  readonly products: Float64Array;
  /** Sum of each input and target value. */
  readonly sums: Float64Array;
  /** Sum of the squares of each target value. */
  readonly squares: Float64Array;
}

/**
 * The moments that a linear map over sliding windows is fitted and judged by, without visiting each window: neighbouring entries of a diagonal differ by
 * one product at either end.
 */
export function windowMoments(series: readonly (readonly number[])[], inputLength: number, horizon: number): WindowMoments {
  const width = inputLength + horizon;
  const moments = { count: 0, width, products: new Float64Array(inputLength * width), sums: new Float64Array(width), squares: new Float64Array(horizon) };
  for (const values of series) {
    const count = values.length - width + 1;
    if (count < 1) continue;
    moments.count += count;
    addSeries(moments, rawMoments(values, { count, width, inputLength }));
  }
  return moments;
}

interface WindowShape {
  readonly count: number;
  readonly width: number;
  readonly inputLength: number;
}

interface RawMoments {
  readonly products: Float64Array;
  readonly diagonal: Float64Array;
  readonly sums: Float64Array;
}

function rawMoments(values: readonly number[], { count, width, inputLength }: WindowShape): RawMoments {
  const series = Float64Array.from(values);
  const raw = { products: new Float64Array(inputLength * width), diagonal: new Float64Array(width), sums: slidingSums(series, count, width) };
  for (let lag = 0; lag < width; lag++) {
    const lagged = series.subarray(lag);
    const alongDiagonal = slidingSums(lagged.map((value, index) => value * at(series, index)), count, width - lag);
    if (lag === 0) raw.diagonal.set(alongDiagonal);
    for (let row = 0; row + lag < width && row < inputLength; row++) {
      raw.products[row * width + row + lag] = at(alongDiagonal, row);
      if (row + lag < inputLength) raw.products[(row + lag) * width + row] = at(alongDiagonal, row);
    }
  }
  return raw;
}

/** The sums of `count` neighbouring values from the first `length` places on. */
function slidingSums(values: Float64Array, count: number, length: number): Float64Array {
  const sums = new Float64Array(length);
  let sum = 0;
  for (let index = 0; index < count; index++) sum += at(values, index);
  for (let start = 0; start < length; start++) {
    sums[start] = sum;
    sum += at(values, start + count) - at(values, start);
  }
  return sums;
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}

/** (a - l)(b - l) = ab - al - lb + ll, summed, with l the last value of the input. */
function addSeries(moments: Omit<WindowMoments, 'count'>, { products, diagonal, sums }: RawMoments): void {
  const { width } = moments;
  const inputLength = width - moments.squares.length;
  const last = inputLength - 1;
  const withLast = (column: number) => products[last * width + column] ?? 0;
  const lastSquare = withLast(last);
  const lastSum = sums[last] ?? 0;
  for (let row = 0; row < inputLength; row++) {
    for (let column = 0; column < width; column++) {
      const cell = row * width + column;
      moments.products[cell] = (moments.products[cell] ?? 0) + (products[cell] ?? 0) - withLast(row) - withLast(column) + lastSquare;
    }
  }
  for (let column = 0; column < width; column++) {
    moments.sums[column] = (moments.sums[column] ?? 0) + (sums[column] ?? 0) - lastSum;
    const step = column - inputLength;
    if (step >= 0) moments.squares[step] = (moments.squares[step] ?? 0) + (diagonal[column] ?? 0) - 2 * withLast(column) + lastSquare;
  }
}
