import type { DecisionTree, TreeNode } from './decision-tree.js';

/**
 * A decision tree as lines of text: questions with their answers indented below, leaves with their class, its share and the rows behind it.
 *
 * @example
 * drawTree(tree, ['lint time'], ['deploy', 'end'])
 * // lint time <= 3.5?
 * // |- yes: deploy (0.95 of 40)
 * // `- no: end (1 of 12)
 */
export function drawTree(tree: DecisionTree, featureNames: readonly string[], classNames: readonly string[]): string {
  const named = namesOf(featureNames, classNames);
  return lines(tree.root, named, '').join('\n');
}

/** The same as a Graphviz graph: `dot -Tsvg` draws it. */
export function drawTreeDot(tree: DecisionTree, featureNames: readonly string[], classNames: readonly string[]): string {
  const named = namesOf(featureNames, classNames);
  const statements: string[] = [];
  let count = 0;
  const add = (node: TreeNode): number => {
    const id = count++;
    statements.push(`  n${id} [label=${JSON.stringify(node.split === undefined ? named.leaf(node) : named.question(node.split))}${node.split === undefined ? ', style=rounded' : ''}];`);
    if (node.split === undefined) return id;
    statements.push(`  n${id} -> n${add(node.split.left)} [label="yes"];`);
    statements.push(`  n${id} -> n${add(node.split.right)} [label="no"];`);
    return id;
  };
  add(tree.root);
  return ['digraph tree {', '  node [shape=box, fontname="sans-serif"];', ...statements, '}'].join('\n');
}

interface Names {
  readonly question: (split: NonNullable<TreeNode['split']>) => string;
  readonly leaf: (node: TreeNode) => string;
}

function namesOf(featureNames: readonly string[], classNames: readonly string[]): Names {
  return {
    question: ({ feature, threshold }) => `${featureNames[feature] ?? `feature ${feature}`} <= ${rounded(threshold)}?`,
    leaf: ({ counts }) => {
      const best = counts.indexOf(Math.max(...counts));
      const rows = counts.reduce((sum, count) => sum + count, 0);
      return `${classNames[best] ?? `class ${best}`} (${rounded((counts[best] ?? 0) / rows)} of ${rows})`;
    },
  };
}

function lines(node: TreeNode, named: Names, indent: string): readonly string[] {
  if (node.split === undefined) return [named.leaf(node)];
  const answer = (branch: TreeNode, mark: string, word: string, below: string): readonly string[] => {
    const [first = '', ...rest] = lines(branch, named, `${indent}${below}`);
    return [`${indent}${mark} ${word}: ${first}`, ...rest];
  };
  return [named.question(node.split), ...answer(node.split.left, '|-', 'yes', '|  '), ...answer(node.split.right, '`-', 'no', '   ')];
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}
