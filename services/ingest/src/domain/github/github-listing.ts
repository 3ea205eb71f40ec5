import { first, idText, isRecord, list, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution, MappedEvent, MappingContext } from '../source-event.js';
import { attemptOf, repositoryOf, type Repository } from './repository.js';
import { workflowArtifactExecution } from './workflow-artifact.js';
import { workflowJobExecution } from './workflow-job.js';
import { workflowRunExecution } from './workflow-run.js';

interface Listing {
  /** The member of the answer that holds the objects. */
  readonly member: string;
  readonly type: string;
  readonly read: (object: JsonRecord, repository: Repository, flags: Set<string>) => Execution | undefined;
}

const listings: readonly Listing[] = [
  {
    member: 'workflow_runs',
    type: 'workflow_run',
    read: (object, repository, flags) => workflowRunExecution(object, repository, { workflow: undefined, flags }),
  },
  { member: 'jobs', type: 'workflow_job', read: workflowJobExecution },
  { member: 'artifacts', type: 'artifact', read: workflowArtifactExecution },
];

/** Maps an answer of the REST API that lists runs, jobs or artifacts, one event each; undefined when the value is none. */
export function mapGithubListing(value: JsonRecord, context: MappingContext): readonly MappedEvent[] | undefined {
  const listing = listings.find(({ member }) => Array.isArray(value[member]));
  if (listing === undefined) return undefined;
  return list(value, listing.member).filter(isRecord).map((object) => listedEvent(object, listing, context));
}

function listedEvent(object: JsonRecord, listing: Listing, context: MappingContext): MappedEvent {
  const flags = new Set<string>();
  const repository = repositoryOf(context.tenantId, undefined, object);
  const execution = listing.read(object, repository, flags);
  if (execution === undefined) flags.add('unmapped');
  const version = first(...['updated_at', 'completed_at', 'started_at', 'created_at'].map((member) => text(object, member)));
  const id = [listing.type, idText(object, 'id') ?? '', attemptOf(object), text(object, 'status') ?? '', version ?? ''];
  return {
    format: 'github',
    type: listing.type,
    source: repository.source,
    externalId: id.join('/'),
    occurredAtMs: first(...['updated_at', 'completed_at', 'started_at', 'created_at'].map((member) => timeMs(object, member))),
    // A listing of one, so that it is read again as it was read now.
    raw: { body: Buffer.from(JSON.stringify({ [listing.member]: [object] })), contentType: 'application/json' },
    executions: execution === undefined ? [] : [execution],
    flags: [...flags],
  };
}
