import { OrreryError } from '@orrery/errors';
import { contentIdOf } from '../content-id.js';
import { first, idText, isRecord, record, records, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution, IncomingPayload, MappedEvent, MappingContext, Mapper } from '../source-event.js';
import { checkRunExecution, checkSuiteExecution } from './checks.js';
import { deploymentExecution } from './deployments.js';
import { mapGithubListing } from './github-listing.js';
import { attemptOf, repositoryOf, type Repository } from './repository.js';
import { workflowJobExecution } from './workflow-job.js';
import { workflowRunExecution } from './workflow-run.js';

type Read = (payload: JsonRecord, object: JsonRecord, repository: Repository, flags: Set<string>) => Execution | undefined;

/**
 * By event and so by the payload's member of that name, in the order of asking: a job's payload may hold its deployment, a
 * deployment's holds the workflow run that deploys.
 */
const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['workflow_job', (_, object, repository, flags) => workflowJobExecution(object, repository, flags)],
  ['deployment_status', (payload, _, repository, flags) => deploymentExecution(payload, repository, flags)],
  ['deployment', (payload, _, repository, flags) => deploymentExecution(payload, repository, flags)],
  ['workflow_run', (payload, object, repository, flags) => workflowRunExecution(object, repository, { workflow: payload.workflow, flags })],
  ['check_run', (_, object, repository, flags) => checkRunExecution(object, repository, flags)],
  ['check_suite', (payload, object, repository) => checkSuiteExecution(object, repository, text(payload, 'action'))],
]);

/**
 * Maps a webhook of GitHub, or an answer of its REST API that lists workflow runs, jobs or artifacts. Workflow runs and their
 * jobs, deployments, and checks of other apps than GitHub Actions say something of a run; every other event is kept without one.
 *
 * @throws ORRERY_VALIDATION when neither the `x-github-event` header nor the members say that it is of GitHub.
 */
export const mapGithub: Mapper = (value, payload, context): readonly MappedEvent[] => {
  if (!isRecord(value)) throw notGithub();
  const listed = mapGithubListing(value, context);
  if (listed !== undefined) return listed;
  const name = eventNameOf(value, payload);
  if (name === undefined && !(isRecord(value.repository) && isRecord(value.sender))) throw notGithub();
  return [webhookEvent(value, name, payload, context)];
};

function notGithub(): OrreryError {
  return new OrreryError('ORRERY_VALIDATION', 'not of GitHub: expected an x-github-event header, a webhook payload or a listing of the REST API');
}

function eventNameOf(value: JsonRecord, payload: IncomingPayload): string | undefined {
  return text(payload.headers, 'x-github-event') ?? [...readers.keys()].find((name) => isRecord(value[name]));
}

function webhookEvent(value: JsonRecord, name: string | undefined, payload: IncomingPayload, context: MappingContext): MappedEvent {
  const flags = new Set<string>();
  const object = record(value, name ?? '');
  const repository = repositoryOf(context.tenantId, value, object);
  const execution = name === undefined ? undefined : webhookExecution(value, name, repository, flags);
  const action = text(value, 'action');
  return {
    format: 'github',
    type: [name ?? 'webhook', action].filter((part) => part !== undefined).join('.'),
    source: repository.source,
    externalId: text(payload.headers, 'x-github-delivery') ?? derivedId(value, name),
    subject: first(text(object, 'name'), text(object, 'environment')),
    occurredAtMs: first(...timesOfChange.map((member) => timeMs(object, member))),
    executions: execution === undefined ? [] : [execution],
    flags: [...flags],
  };
}

/** Members that say when an object became as it is, the best first. */
const timesOfChange = ['updated_at', 'completed_at', 'started_at', 'created_at'] as const;

function webhookExecution(value: JsonRecord, name: string, repository: Repository, flags: Set<string>): Execution | undefined {
  const read = readers.get(name);
  if (read === undefined) return undefined;
  const object = record(value, name);
  const execution = object === undefined ? undefined : read(value, object, repository, flags);
  // Checks rightly say nothing when they repeat what GitHub Actions tells better.
  const isSilentCheck = object !== undefined && (name === 'check_run' || name === 'check_suite');
  if (execution === undefined && !isSilentCheck) flags.add('unmapped').add(`${name}: expected an object with its ids`);
  return execution;
}

/** For payloads that come without their delivery's id: what makes the state that they tell of unique. */
function derivedId(value: JsonRecord, name = 'webhook'): string {
  const object = record(value, name);
  const id = idText(object, 'id');
  if (id === undefined) return contentIdOf(value);
  const version = first(...timesOfChange.map((member) => text(object, member)));
  const finishedSteps = records(object, 'steps').filter((step) => text(step, 'status') === 'completed').length;
  const status = first(text(object, 'status'), text(object, 'state'));
  return [name, id, attemptOf(object), text(value, 'action'), status, version, finishedSteps].map((part) => part ?? '').join('/');
}
