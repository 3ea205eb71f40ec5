import { artifactIdOf, Direction } from '@orrery/contracts';
import { first, idText, integer, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { namedRun, type Repository } from './repository.js';

/**
 * What an element of the REST API's `artifacts` says: an output of its run. It does not tell which attempt wrote it, so it goes
 * to the first, flagged `attempt_unknown`. Undefined when it lacks its id or its run's.
 */
export function workflowArtifactExecution(object: JsonRecord, repository: Repository, flags: Set<string>): Execution | undefined {
  const id = idText(object, 'id');
  const externalRunId = idText(object, 'workflow_run', 'id');
  if (id === undefined || externalRunId === undefined) return undefined;
  flags.add('attempt_unknown');
  const run = namedRun(repository, externalRunId);
  const sizeBytes = integer(object, 'size_in_bytes');
  return {
    run,
    artifacts: [
      {
        artifactId: artifactIdOf(run.runId, 'output', id),
        direction: Direction.OUTPUT,
        name: text(object, 'name'),
        uri: first(text(object, 'url'), text(object, 'archive_download_url')),
        digest: text(object, 'digest'),
        mediaType: 'application/zip',
        sizeBytes: sizeBytes === undefined || sizeBytes < 0 ? undefined : BigInt(sizeBytes),
        occurredAtMs: timeMs(object, 'created_at'),
      },
    ],
  };
}
