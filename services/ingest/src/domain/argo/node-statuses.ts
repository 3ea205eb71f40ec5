import { gunzipSync } from 'node:zlib';
import { record, text, type JsonRecord } from '../json-reading.js';
import { nodesOf, type Nodes } from './node-graph.js';

/** Nodes decompress to about ten times their size; this is far above the largest object that a cluster stores. */
const maximumNodesBytes = 64 * 1024 * 1024;

/**
 * Reads the nodes of a workflow, compressed or not. Nodes that lie in a database instead (`nodes_offloaded`) or do not
 * decompress (`nodes_unreadable`) are flagged: the object from Argo's API server has them.
 */
export function workflowNodes(workflow: JsonRecord, flags: Set<string>): Nodes {
  const status = record(workflow, 'status');
  const plain = nodesOf(record(status, 'nodes'));
  if (plain.size > 0) return plain;
  const compressed = text(status, 'compressedNodes');
  if (compressed !== undefined) return decompressed(compressed, flags);
  if (text(status, 'offloadNodeStatusVersion') !== undefined) flags.add('nodes_offloaded');
  return plain;
}

function decompressed(base64: string, flags: Set<string>): Nodes {
  try {
    const json = gunzipSync(Buffer.from(base64, 'base64'), { maxOutputLength: maximumNodesBytes });
    return nodesOf(JSON.parse(json.toString()));
  } catch {
    flags.add('nodes_unreadable');
    return new Map();
  }
}
