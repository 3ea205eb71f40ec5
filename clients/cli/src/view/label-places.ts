/** A rectangle of a drawing. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Labelled {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const RADII = [10, 18, 28, 40, 54, 70, 88, 110, 136, 166, 200];
const ANGLES = 16;
/** Half the side of what is drawn at a point. */
const MARK = 7;

/**
 * Where labels go so that none covers another, a point, an obstacle or the edge: around each point, the nearest free place, to the right first.
 * A label that finds no place at all is left out.
 */
export function placeLabels(points: readonly Labelled[], frame: Box, obstacles: readonly Box[] = []): readonly (Box | undefined)[] {
  const marks = points.map(({ x, y }): Box => ({ left: x - MARK, top: y - MARK, width: 2 * MARK, height: 2 * MARK }));
  const placed: Box[] = [];
  return points.map((point) => {
    const found = candidates(point).find((box) => isInside(box, frame) && ![...marks, ...obstacles, ...placed].some((other) => overlap(box, other)));
    if (found !== undefined) placed.push(found);
    return found;
  });
}

function candidates({ x, y, width, height }: Labelled): readonly Box[] {
  return RADII.flatMap((radius) =>
    Array.from({ length: ANGLES }, (_, step) => {
      // 0, 1/16, -1/16, 2/16 … of a turn: right, then above and below, left last.
      const turn = ((step % 2 === 0 ? 1 : -1) * Math.ceil(step / 2)) / ANGLES;
      const [cosine, sine] = [Math.cos(2 * Math.PI * turn), Math.sin(2 * Math.PI * turn)];
      const left = x + radius * cosine - (width * (1 - cosine)) / 2;
      const top = y - radius * sine - height / 2 - (height * sine) / 2;
      return { left, top, width, height };
    }),
  );
}

export function overlap(one: Box, other: Box): boolean {
  return one.left < other.left + other.width && other.left < one.left + one.width && one.top < other.top + other.height && other.top < one.top + one.height;
}

function isInside(box: Box, frame: Box): boolean {
  return box.left >= frame.left && box.top >= frame.top && box.left + box.width <= frame.left + frame.width && box.top + box.height <= frame.top + frame.height;
}
