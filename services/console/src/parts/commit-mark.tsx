import type { ReactElement } from 'react';
import type { VersionControl } from '../api/wire-shapes.js';
import { Icon } from './icon.js';
import { Plain } from './plain.js';
import { WebLink } from './web-link.js';

const shortRevision = (revision: string): string => (/^[0-9a-f]{12,}$/i.test(revision) ? revision.slice(0, 8) : revision);

/** Branch or tag and the short commit. */
export function CommitMark({ version }: { readonly version: VersionControl }): ReactElement {
  return (
    <span className="commit">
      {version.ref_name !== null && (
        <span className="ref" title={version.ref_name}>
          <Icon name="branch" />
          <Plain text={version.ref_name} />
        </span>
      )}
      {version.revision !== null && (
        <code title={version.revision}>
          <Plain text={shortRevision(version.revision)} />
        </code>
      )}
    </span>
  );
}

/** The same with a link to the commit, where the repository's host shows commits under a known address. */
export function CommitLink({ version }: { readonly version: VersionControl }): ReactElement {
  const { repository_url: repository, revision } = version;
  const isKnownHost = /^https:\/\/(github\.com|gitlab\.com)\//.test(repository ?? '');
  if (repository === null || revision === null || !isKnownHost) return <CommitMark version={version} />;
  return (
    <WebLink address={`${repository.replace(/(\.git)?\/?$/, '')}/commit/${encodeURIComponent(revision)}`}>
      <CommitMark version={version} />
    </WebLink>
  );
}
