import type { ReactElement } from 'react';
import type { Artifact } from '../api/wire-shapes.js';
import { CopyButton } from '../parts/copy-button.js';
import { Fields } from '../parts/fields.js';
import { instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { bytesText } from '../parts/quantity.js';
import { provenanceAddress } from '../routing/route.js';

const directionWords = { input: 'Read', output: 'Written' } as const;

const plainOrNull = (text: string | null): ReactElement | null => (text === null ? null : <Plain text={text} />);

/** An artifact as one task or event read or wrote it, with the way to its whole story. */
export function ArtifactDetails({ artifact }: { readonly artifact: Artifact }): ReactElement {
  const { uri, name, digest } = artifact;
  return (
    <>
      <p className="over">{artifact.direction === null ? 'Artifact' : directionWords[artifact.direction]}</p>
      <h2 className="address">
        <Plain text={name ?? uri ?? 'artifact'} />
      </h2>
      <Fields
        entries={[
          ['Address', uri === name ? null : plainOrNull(uri)],
          ['Namespace', plainOrNull(artifact.namespace)],
          ['Size', bytesText(artifact.size_bytes)],
          ['Type', plainOrNull(artifact.media_type)],
          ['When', instantText(artifact.occurred_at)],
          ['Who', plainOrNull(artifact.actor)],
          ['Hash', digest === null ? null : <span className="identity"><code className="breakable">{digest}</code><CopyButton text={digest} what="hash" /></span>],
        ]}
      />
      {(uri !== null || digest !== null) && (
        <p>
          <a href={provenanceAddress(uri === null ? { hash: digest } : { uri })}>Where it came from and who read it</a>
        </p>
      )}
    </>
  );
}
