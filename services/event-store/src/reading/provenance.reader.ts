import type { Transaction } from '@orrery/persistence';
import { actorOf, touchedAt, versionsOf, type ArtifactVersion } from '../domain/provenance.js';
import { execute } from '../storage/statement.js';
import { findAncestors, findByDigest, findByUri, findInputs, type Ancestor, type ArtifactTouchRow, type Producer } from '../storage/provenance.repository.js';
import { fromRunRow, loadRuns, type StoredRun } from '../storage/run-rows.js';
import { fromTaskRow, loadTasks, type StoredTask } from '../storage/task-rows.js';
import type { Row } from '../storage/field-map.js';
import { artifactView } from '../views/leaf.view.js';
import type { ProvenanceView } from '../views/provenance.view.js';
import { isoOrNull } from '../views/words.js';

const maxVersions = 50;
const maxProducers = 20;
const maxReaders = 100;

type Version = ArtifactVersion<ArtifactTouchRow>;
type ProducerView = ProvenanceView['versions'][number]['produced_by'][number];
type ReaderView = ProvenanceView['versions'][number]['read_by'][number];

/** Tells who made a file, from what, and who read it since; null when nobody touched it. */
export async function readProvenance(transaction: Transaction, file: { readonly uri: string } | { readonly hash: string }): Promise<ProvenanceView | null> {
  const touches = 'uri' in file ? await findByUri(transaction, file.uri) : await findByDigest(transaction, file.hash);
  if (touches.length === 0) return null;
  const versions = versionsOf(touches)
    .slice(0, maxVersions)
    .map((version) => ({ ...version, producedBy: version.producedBy.slice(0, maxProducers), readBy: version.readBy.slice(0, maxReaders) }));
  const uri = 'uri' in file ? file.uri : (touches.find(({ artifact }) => artifact.uri !== null)?.artifact.uri ?? null);
  const context = await loadContext(transaction, versions);
  return { uri, versions: versions.map((version) => versionView(version, context)) };
}

interface Context {
  readonly runs: ReadonlyMap<string, StoredRun>;
  readonly tasks: ReadonlyMap<string, StoredTask>;
  readonly lines: ReadonlyMap<string, readonly Ancestor[]>;
  readonly inputs: ReadonlyMap<ArtifactTouchRow, readonly ArtifactTouchRow[]>;
}

async function loadContext(transaction: Transaction, versions: readonly Version[]): Promise<Context> {
  const producers = versions.flatMap(({ producedBy }) => producedBy);
  const touches = [...producers, ...versions.flatMap(({ readBy }) => readBy)];
  const runIds = [...new Set(touches.map(({ runId }) => runId))];
  const runs = new Map((await execute<Row>(transaction, loadRuns, [runIds])).map(fromRunRow).map((run) => [run.run.runId, run]));
  const withTask = touches.flatMap(({ runId, artifact: { taskId } }) => (taskId === null ? [] : [{ runId, taskId }]));
  const taskRows = withTask.length === 0 ? [] : await execute<Row>(transaction, loadTasks, [withTask.map(({ runId }) => runId), withTask.map(({ taskId }) => taskId)]);
  const tasks = new Map(taskRows.map(fromTaskRow).map((task) => [task.task.taskId, task]));
  const events = touches.flatMap(({ runId, artifact: { eventId } }) => (eventId === null ? [] : [[eventId, { runId, bucket: runs.get(runId)?.bucket ?? '1970-01-01', eventId }] as const]));
  const lines = await findAncestors(transaction, [...new Map(events).values()]);
  return { runs, tasks, lines, inputs: await loadInputs(transaction, producers) };
}

/** What a producer read: within its event; where that read nothing, within its task before; without a task, within the run before. */
async function loadInputs(transaction: Transaction, touches: readonly ArtifactTouchRow[]): Promise<ReadonlyMap<ArtifactTouchRow, readonly ArtifactTouchRow[]>> {
  const producerOf = ({ runId, artifact: { taskId, eventId } }: ArtifactTouchRow): Producer => ({ runId, taskId, eventId });
  const own = await findInputs(transaction, touches.map(producerOf));
  const found = new Map(touches.map((touch, index) => [touch, own[index] ?? []]));
  const without = touches.filter((touch) => touch.artifact.eventId !== null && found.get(touch)?.length === 0);
  const around = await findInputs(transaction, without.map((touch) => ({ ...producerOf(touch), eventId: null })));
  without.forEach((touch, index) => found.set(touch, around[index]?.filter((input) => touchedAt(input) <= touchedAt(touch)) ?? []));
  return found;
}

function versionView({ digest, sizeBytes, producedBy, readBy }: Version, context: Context): ProvenanceView['versions'][number] {
  return {
    digest,
    size_bytes: sizeBytes,
    produced_by: producedBy.map((touch): ProducerView => {
      const inputs = (context.inputs.get(touch) ?? []).map(({ runId, artifact }) => artifactView(runId, artifact));
      return { ...readerView(touch, context), inputs };
    }),
    read_by: readBy.map((touch) => readerView(touch, context)),
  };
}

function readerView({ runId, artifact }: ArtifactTouchRow, { runs, tasks, lines }: Context): ReaderView {
  const { workflow = null, engine = null } = runs.get(runId)?.run ?? {};
  const { taskId, eventId, actor, occurredAtUs } = artifact;
  const line = lines.get(eventId ?? '') ?? [];
  const [event] = line;
  return {
    run: { run_id: runId, workflow, engine },
    task: taskId === null ? null : { task_id: taskId, name: tasks.get(taskId)?.task.name ?? null },
    event: event === undefined ? null : { event_id: event.eventId, name: event.name, kind: event.kind },
    actor: actor ?? actorOf(line),
    occurred_at: isoOrNull(occurredAtUs),
  };
}
