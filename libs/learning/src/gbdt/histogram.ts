import { cellWidth } from './best-split.js';

/** A binned feature and where its cells begin. */
export interface Column {
  readonly bins: Uint8Array;
  readonly offset: number;
}

/** Rows [start, end) of an order, with what is summed up laid out in that order. */
export interface CountedRows {
  readonly order: Int32Array;
  readonly gradients: Float32Array;
  /** Undefined where every row's is 1. */
  readonly hessians: Float32Array | undefined;
  readonly start: number;
  readonly end: number;
}

/** Adds rows to the cells of two features in one pass, as fetching a row costs as much as adding it. */
export function countPair(cells: Float64Array, rows: CountedRows, one: Column, other: Column): void {
  if (rows.hessians === undefined) countGradients(cells, rows, one, other);
  else countBoth(cells, { ...rows, hessians: rows.hessians }, one, other);
}

function countGradients(cells: Float64Array, { order, gradients, start, end }: CountedRows, one: Column, other: Column): void {
  const { bins: oneBins, offset: oneOffset } = one;
  const { bins: otherBins, offset: otherOffset } = other;
  for (let index = start; index < end; index++) {
    const row = order[index] as number;
    const gradient = gradients[index] as number;
    const oneCell = oneOffset + (oneBins[row] as number) * cellWidth;
    const otherCell = otherOffset + (otherBins[row] as number) * cellWidth;
    cells[oneCell] = (cells[oneCell] as number) + gradient;
    cells[oneCell + 2] = (cells[oneCell + 2] as number) + 1;
    cells[otherCell] = (cells[otherCell] as number) + gradient;
    cells[otherCell + 2] = (cells[otherCell + 2] as number) + 1;
  }
}

function countBoth(cells: Float64Array, { order, gradients, hessians, start, end }: CountedRows & { readonly hessians: Float32Array }, one: Column, other: Column): void {
  const { bins: oneBins, offset: oneOffset } = one;
  const { bins: otherBins, offset: otherOffset } = other;
  for (let index = start; index < end; index++) {
    const row = order[index] as number;
    const gradient = gradients[index] as number;
    const hessian = hessians[index] as number;
    const oneCell = oneOffset + (oneBins[row] as number) * cellWidth;
    const otherCell = otherOffset + (otherBins[row] as number) * cellWidth;
    cells[oneCell] = (cells[oneCell] as number) + gradient;
    cells[oneCell + 1] = (cells[oneCell + 1] as number) + hessian;
    cells[oneCell + 2] = (cells[oneCell + 2] as number) + 1;
    cells[otherCell] = (cells[otherCell] as number) + gradient;
    cells[otherCell + 1] = (cells[otherCell + 1] as number) + hessian;
    cells[otherCell + 2] = (cells[otherCell + 2] as number) + 1;
  }
}
