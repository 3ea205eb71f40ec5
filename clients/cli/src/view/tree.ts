/** A line of a tree and what hangs below it. */
export interface Branch {
  readonly text: string;
  readonly children: readonly Branch[];
  /** Children that are not there to be shown. */
  readonly moreChildren?: number;
}

export interface TreeLimits {
  /** Levels below the top. */
  readonly depth: number;
  /** Children of one branch. */
  readonly breadth: number;
}

function countAll(branches: readonly Branch[]): number {
  return branches.reduce((sum, { children, moreChildren = 0 }) => sum + 1 + moreChildren + countAll(children), 0);
}

/** Draws branches as lines, with a note wherever the limits leave something out. */
export function drawTree(branches: readonly Branch[], limits: TreeLimits, moreBranches = 0, indent = ''): string[] {
  const shown = branches.slice(0, limits.breadth);
  const hidden = branches.length - shown.length + moreBranches;
  const lines = shown.flatMap((branch, index) => {
    const isLast = index === shown.length - 1 && hidden === 0;
    const below = indent + (isLast ? '   ' : '│  ');
    return [`${indent}${isLast ? '└─ ' : '├─ '}${branch.text}`, ...drawBelow(branch, limits, below)];
  });
  return hidden > 0 ? [...lines, `${indent}└─ … ${hidden} more`] : lines;
}

function drawBelow({ children, moreChildren = 0 }: Branch, limits: TreeLimits, indent: string): string[] {
  if (limits.depth <= 0) {
    const hidden = countAll(children) + moreChildren;
    return hidden > 0 ? [`${indent}└─ … ${hidden} inside`] : [];
  }
  return drawTree(children, { ...limits, depth: limits.depth - 1 }, moreChildren, indent);
}
