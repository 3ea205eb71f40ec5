/** Features as histogram bins, one byte a value, column by column. */
export interface BinnedFeatures {
  readonly rowCount: number;
  readonly featureCount: number;
  /** Per feature the bin of each row; bin 0 is a missing value, bin b >= 1 holds (edges[b - 2], edges[b - 1]], the last one everything above. */
  readonly columns: readonly Uint8Array[];
  readonly edges: readonly Float32Array[];
  /** Where each feature's cells begin in a histogram over all features; one more entry tells the number of cells. */
  readonly offsets: Int32Array;
}

/** Value bins that fit in a byte beside the one of missing values. */
export const maxBins = 255;

/** Rows that the edges are chosen from; more tell quantiles no better. */
const sampledRows = 20_000;

/**
 * Cuts each feature at values that part its rows into bins of about equal size; a feature of fewer distinct values than bins keeps each apart.
 *
 * @param features row-major, [rowCount, featureCount]; NaN is a missing value.
 * @param bins value bins a feature. @minimum 2 @maximum 255
 */
export function binFeatures(features: Float32Array, rowCount: number, featureCount: number, bins: number): BinnedFeatures {
  const edges = Array.from({ length: featureCount }, (_, feature) => edgesOf(sample(features, rowCount, featureCount, feature), bins));
  const columns = edges.map((cuts, feature) => binColumn(features, rowCount, { featureCount, feature, cuts }));
  const offsets = new Int32Array(featureCount + 1);
  edges.forEach((cuts, feature) => (offsets[feature + 1] = (offsets[feature] ?? 0) + cuts.length + 2));
  return { rowCount, featureCount, columns, edges, offsets };
}

function sample(features: Float32Array, rowCount: number, featureCount: number, feature: number): Float32Array {
  const count = Math.min(rowCount, sampledRows);
  const values = new Float32Array(count);
  let kept = 0;
  for (let index = 0; index < count; index++) {
    const value = features[Math.floor((index * rowCount) / count) * featureCount + feature] as number;
    if (!Number.isNaN(value)) values[kept++] = value;
  }
  return values.subarray(0, kept).sort();
}

function edgesOf(sorted: Float32Array, bins: number): Float32Array {
  const distinct = distinctCount(sorted);
  const edges: number[] = [];
  let begin = 0;
  for (let end = 1; end < sorted.length && edges.length < bins - 1; end++) {
    const [lower, upper] = [sorted[end - 1] as number, sorted[end] as number];
    // What is left is shared out anew after each cut, as a value that fills more than a bin is not cut through.
    const wanted = distinct <= bins ? 1 : (sorted.length - begin) / (bins - edges.length);
    if (lower === upper || end - begin < wanted) continue;
    edges.push(between(lower, upper));
    begin = end;
  }
  return Float32Array.from(edges);
}

function distinctCount(sorted: Float32Array): number {
  let count = sorted.length === 0 ? 0 : 1;
  for (let index = 1; index < sorted.length; index++) if (sorted[index] !== sorted[index - 1]) count++;
  return count;
}

// The middle, unless single precision rounds it up to the upper value, which must stay above the edge.
function between(lower: number, upper: number): number {
  const middle = Math.fround(lower + (upper - lower) / 2);
  return middle < upper && middle >= lower ? middle : lower;
}

interface Column {
  readonly featureCount: number;
  readonly feature: number;
  readonly cuts: Float32Array;
}

function binColumn(features: Float32Array, rowCount: number, { featureCount, feature, cuts }: Column): Uint8Array {
  const column = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const value = features[row * featureCount + feature] as number;
    if (Number.isNaN(value)) continue;
    let low = 0;
    let high = cuts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value > (cuts[middle] as number)) low = middle + 1;
      else high = middle;
    }
    column[row] = low + 1;
  }
  return column;
}
