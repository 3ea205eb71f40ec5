import { Graph, layout } from '@dagrejs/dagre';

export interface LayoutRequest {
  readonly nodeIds: readonly string[];
  readonly edges: readonly (readonly [from: string, to: string])[];
  readonly direction: 'LR' | 'TB';
}

export interface Position {
  readonly x: number;
  readonly y: number;
}

export type Positions = ReadonlyMap<string, Position>;

/** Size of every node, in pixels. */
export const nodeSize = { width: 216, height: 58 } as const;

/** Places the nodes of a graph in layers, so that edges go one way; the place is the upper left corner. */
export function layOut({ nodeIds, edges, direction }: LayoutRequest): Positions {
  const graph = new Graph();
  graph.setGraph({ rankdir: direction, nodesep: 18, ranksep: 56, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of nodeIds) graph.setNode(id, { ...nodeSize });
  for (const [from, to] of edges) graph.setEdge(from, to);
  layout(graph);
  return new Map(
    nodeIds.map((id) => {
      const { x, y } = graph.node(id) as Position;
      return [id, { x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 }];
    }),
  );
}
