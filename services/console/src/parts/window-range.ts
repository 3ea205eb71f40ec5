export interface WindowRange {
  /** Index of the first row to draw. */
  readonly first: number;
  /** One more than the index of the last. */
  readonly end: number;
}

export interface WindowPlace {
  /** How far the top of the list lies above the top of the window, in pixels; negative while it lies below. */
  readonly hiddenHeight: number;
  readonly windowHeight: number;
  readonly rowHeight: number;
  readonly count: number;
}

// Rows beyond the edges are drawn too, in steps, so that scrolling a little changes nothing.
const margin = 12;
const step = 8;

/** Which rows of a long list of equally high rows are worth drawing. */
export function windowRange({ hiddenHeight, windowHeight, rowHeight, count }: WindowPlace): WindowRange {
  const above = Math.floor(hiddenHeight / rowHeight) - margin;
  const below = Math.ceil((hiddenHeight + windowHeight) / rowHeight) + margin;
  const first = Math.min(Math.max(0, Math.floor(above / step) * step), count);
  return { first, end: Math.min(count, Math.max(first, Math.ceil(below / step) * step)) };
}
