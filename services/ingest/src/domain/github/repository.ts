import { runIdOf } from '@orrery/contracts';
import { first, integer, text } from '../json-reading.js';
import type { RunStatement } from '../statements.js';

/** The repository that a payload speaks of, and for whom. */
export interface Repository {
  readonly tenantId: string;
  /** URL of the repository in the API of its GitHub, https://api.github.com/repos/o/r: the source of all its runs. */
  readonly source: string;
  /** owner/name */
  readonly fullName: string | undefined;
  readonly htmlUrl: string | undefined;
}

const engine = 'github';
const apiUrl = /^(https?:\/\/.+\/repos\/([^/]+\/[^/]+))(?:\/|$)/;

/** Finds the repository in a payload or, where that does not name it (REST listings), in the URLs of an object of it. */
export function repositoryOf(tenantId: string, payload: unknown, object: unknown): Repository {
  const candidates = [
    text(payload, 'repository', 'url'),
    text(object, 'repository', 'url'),
    ...['url', 'run_url', 'jobs_url', 'repository_url'].map((member) => text(object, member)),
  ];
  const match = first(...candidates.map((url) => apiUrl.exec(url ?? '') ?? undefined));
  const htmlUrl = first(text(payload, 'repository', 'html_url'), text(object, 'repository', 'html_url'));
  return {
    tenantId,
    source: match?.[1] ?? htmlUrl ?? '',
    fullName: first(text(payload, 'repository', 'full_name'), text(object, 'repository', 'full_name'), match?.[2]),
    htmlUrl,
  };
}

/** The statement that names a run of the repository and says nothing else of it. */
export function namedRun(repository: Repository, externalId: string, attempt = 1): RunStatement {
  const identity = { engine, source: repository.source, externalId, attempt };
  return { runId: runIdOf({ tenantId: repository.tenantId, ...identity }), ...identity, namespace: repository.fullName };
}

/** The number of the attempt that a run or job belongs to; re-runs of a run share its id. */
export function attemptOf(object: unknown): number {
  const attempt = integer(object, 'run_attempt') ?? 1;
  return attempt >= 1 && attempt <= 0x7fff_ffff ? attempt : 1;
}

/** Commit and branch of a run, job or check suite. */
export function versionControlOf(repository: Repository, object: unknown): RunStatement['versionControl'] {
  return { repositoryUrl: repository.htmlUrl, revision: text(object, 'head_sha'), refName: text(object, 'head_branch') };
}
