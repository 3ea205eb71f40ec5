import { artifactIdOf, Direction, SampleKind, sampleIdOf } from '@orrery/contracts';
import { integer, number, record, records, text, type JsonRecord } from '../json-reading.js';
import type { ArtifactStatement, SampleStatement } from '../statements.js';

/** Which part of a run reads or writes. */
export interface DatasetScope {
  readonly runId: string;
  readonly taskId?: string;
  /** Tells tries of one task and tasks of one run apart. */
  readonly key: string;
  readonly occurredAtMs?: number;
  readonly actor?: string;
}

interface Side {
  readonly member: 'inputs' | 'outputs';
  readonly direction: Direction;
  /** The facet that counts what was read or written. */
  readonly statistics: readonly [string, string];
  readonly prefix: string;
}

const sides: readonly Side[] = [
  { member: 'inputs', direction: Direction.INPUT, statistics: ['inputFacets', 'inputStatistics'], prefix: 'input' },
  { member: 'outputs', direction: Direction.OUTPUT, statistics: ['outputFacets', 'outputStatistics'], prefix: 'output' },
];

/** The data sets that an event says were read and written, and how much of each. */
export function datasetStatementsOf(event: JsonRecord, scope: DatasetScope): { artifacts: readonly ArtifactStatement[]; samples: readonly SampleStatement[] } {
  const artifacts: ArtifactStatement[] = [];
  const samples: SampleStatement[] = [];
  for (const side of sides) {
    for (const dataset of records(event, side.member)) {
      const name = text(dataset, 'name');
      if (name === undefined) continue;
      const namespace = text(dataset, 'namespace') ?? '';
      const statistics = record(dataset, ...side.statistics);
      artifacts.push(artifactOf(dataset, { namespace, name, side, statistics }, scope));
      samples.push(...samplesOf({ namespace, name, side, statistics }, scope));
    }
  }
  return { artifacts, samples };
}

interface Reading {
  readonly namespace: string;
  readonly name: string;
  readonly side: Side;
  readonly statistics: JsonRecord | undefined;
}

function artifactOf(dataset: JsonRecord, { namespace, name, side, statistics }: Reading, scope: DatasetScope): ArtifactStatement {
  const size = integer(statistics, 'size') ?? integer(statistics, 'bytes');
  return {
    artifactId: artifactIdOf(scope.runId, scope.key, side.member, namespace, name),
    taskId: scope.taskId,
    direction: side.direction,
    namespace,
    name,
    uri: datasetUri(namespace, name),
    sizeBytes: size === undefined || size < 0 ? undefined : BigInt(size),
    occurredAtMs: scope.occurredAtMs,
    actor: scope.actor,
    attributesJson: attributesOf(dataset, statistics),
  };
}

/**
 * One text for a data set, by OpenLineage's naming rules: the namespace is where it lies (`gs://bucket`, `postgres://host:port`,
 * `file`) and the name is the path there.
 *
 * @example
 * datasetUri('file', '/srv/orders.csv') // 'file:///srv/orders.csv'
 */
export function datasetUri(namespace: string, name: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) return name;
  if (namespace === 'file' || namespace === 'file://') return name.startsWith('/') ? `file://${name}` : name;
  if (namespace === '') return name;
  return namespace.endsWith('/') || name.startsWith('/') ? `${namespace}${name}` : `${namespace}/${name}`;
}

const mostColumns = 200;

function attributesOf(dataset: JsonRecord, statistics: JsonRecord | undefined): string | undefined {
  const columns = records(dataset, 'facets', 'schema', 'fields').slice(0, mostColumns);
  const attributes = {
    row_count: integer(statistics, 'rowCount'),
    file_count: integer(statistics, 'fileCount'),
    version: text(dataset, 'facets', 'version', 'datasetVersion'),
    lifecycle: text(dataset, 'facets', 'lifecycleStateChange', 'lifecycleStateChange'),
    columns: columns.length === 0 ? undefined : columns.map((column) => ({ name: text(column, 'name'), type: text(column, 'type') })),
  };
  return Object.values(attributes).some((value) => value !== undefined) ? JSON.stringify(attributes) : undefined;
}

function samplesOf({ namespace, name, side, statistics }: Reading, scope: DatasetScope): readonly SampleStatement[] {
  const measures = [
    { name: `${side.prefix}_rows`, unit: '{row}', value: number(statistics, 'rowCount') },
    { name: `${side.prefix}_size_bytes`, unit: 'By', value: number(statistics, 'size') },
    { name: `${side.prefix}_files`, unit: '{file}', value: number(statistics, 'fileCount') },
  ];
  return measures.flatMap((measure) => {
    if (measure.value === undefined) return [];
    return [
      {
        sampleId: sampleIdOf(scope.runId, scope.key, measure.name, namespace, name, String(scope.occurredAtMs)),
        taskId: scope.taskId,
        name: measure.name,
        unit: measure.unit,
        kind: SampleKind.GAUGE,
        value: measure.value,
        occurredAtMs: scope.occurredAtMs,
        attributesJson: JSON.stringify({ dataset: datasetUri(namespace, name) }),
      },
    ];
  });
}
