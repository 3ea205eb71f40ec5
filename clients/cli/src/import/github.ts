import { createHash } from 'node:crypto';
import { asText, merge, type Conversion, type PreparedRequest } from './conversion.js';

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const PATH = '/api/v1/webhooks/github';
/** Keys that name the event of a webhook payload; a payload may hold several, and the first here counts. */
const EVENT_KEYS = ['workflow_job', 'workflow_run', 'check_run', 'check_suite', 'deployment_status', 'deployment'];

/**
 * Turns what GitHub's webhooks and REST API give into webhook deliveries: payloads go as they are; delivery records
 * (`GET …/hooks/{id}/deliveries/{id}`) and listings or single objects of runs and jobs are put into the form that the webhook
 * would have had. The delivery id comes from the content, so that importing twice is a repeat.
 *
 * @param text the document as it was read
 */
export function convertGithub(value: unknown, text: Buffer): Conversion {
  if (Array.isArray(value)) return merge(value.map((element) => convertGithub(element, asText(element))));
  if (!isObject(value)) return { requests: [], fault: 'is not a GitHub payload: expected an object or a list' };
  const event = EVENT_KEYS.find((key) => isObject(value[key]));
  if (event !== undefined && typeof value['action'] === 'string') return { requests: [delivery(event, text)] };
  const converted = fromApi(value);
  if (converted === undefined && isWebhook(value)) return { requests: [delivery('unknown', text)] };
  return converted ?? { requests: [], fault: 'is neither a webhook payload of GitHub nor a listing of workflow runs or jobs' };
}

/** What the REST API answers, which is not what a webhook carries. */
function fromApi(value: Json): Conversion | undefined {
  if (isObject(value['request']) && typeof value['event'] === 'string') return fromDelivery(value, value['request']);
  if (Array.isArray(value['workflow_runs'])) return merge(value['workflow_runs'].map((run) => fromRun(run)));
  if (Array.isArray(value['jobs'])) return merge(value['jobs'].map((job) => fromJob(job)));
  if (Array.isArray(value['artifacts'])) return { requests: [], fault: 'is a listing of artifacts, which names no run attempt; import the runs and jobs' };
  if ('jobs_url' in value && 'workflow_id' in value) return fromRun(value);
  return 'run_id' in value && 'run_url' in value ? fromJob(value) : undefined;
}

/** A webhook of some other event: the platform keeps it and says that it carries no run. */
function isWebhook(value: Json): boolean {
  return isObject(value['sender']) || isObject(value['repository']);
}

function delivery(event: string, body: Buffer, guid = deliveryId(event, body)): PreparedRequest {
  return { path: PATH, headers: { 'content-type': 'application/json', 'x-github-event': event, 'x-github-delivery': guid }, body };
}

/** A UUID (version 8, RFC 9562) from the content. */
function deliveryId(event: string, body: Buffer): string {
  const hex = createHash('sha256').update(`${event}\n`).update(body).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function fromDelivery(record: Json, request: Json): Conversion {
  if (!isObject(request['payload'])) return { requests: [], fault: 'is a delivery record without its payload; get each delivery by its id' };
  const guid = typeof record['guid'] === 'string' ? record['guid'] : undefined;
  return { requests: [delivery(String(record['event']), asText(request['payload']), guid)] };
}

function fromRun(run: unknown): Conversion {
  if (!isObject(run) || run['id'] === undefined) return { requests: [], fault: 'lists something that is no workflow run' };
  const workflow = { id: run['workflow_id'], name: run['name'], path: run['path'] };
  return { requests: [delivery('workflow_run', asText({ action: actionOf(run, 'requested'), workflow_run: run, workflow, repository: run['repository'] }))] };
}

function fromJob(job: unknown): Conversion {
  if (!isObject(job) || job['id'] === undefined) return { requests: [], fault: 'lists something that is no job' };
  return { requests: [delivery('workflow_job', asText({ action: actionOf(job, 'queued'), workflow_job: job, repository: repositoryOf(job) }))] };
}

function actionOf(thing: Json, first: string): string {
  if (thing['status'] === 'completed' || thing['status'] === 'in_progress') return thing['status'];
  return thing['status'] === 'waiting' && first === 'queued' ? 'waiting' : first;
}

/** A job of the REST API does not say its repository; the addresses in it do. */
function repositoryOf(job: Json): Json | undefined {
  const api = /^(.*\/repos\/([^/]+)\/([^/]+))\/actions\//.exec(String(job['run_url']));
  if (api === null) return undefined;
  const [, url, owner, name] = api;
  const web = /^(.*?)\/actions\/runs\//.exec(String(job['html_url']))?.[1];
  return { url, name, full_name: `${owner}/${name}`, html_url: web, owner: { login: owner } };
}
