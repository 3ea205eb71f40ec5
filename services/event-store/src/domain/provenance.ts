import { Direction } from '@orrery/contracts';
import type { ArtifactState } from './leaf-state.js';
import type { Microseconds } from './instant.js';

/** One content of a file: who made it and who read it since. */
export interface ArtifactVersion<Touch extends ArtifactTouch> {
  readonly digest: string | null;
  readonly sizeBytes: number | null;
  /** The latest first. */
  readonly producedBy: readonly Touch[];
  readonly readBy: readonly Touch[];
}

/** One reading or writing of a file. */
export interface ArtifactTouch {
  readonly artifact: ArtifactState;
}

/**
 * Sorts the readings and writings of one file by its contents, the latest content first. Whoever read it without saying which
 * content, read what had been written last before; without any writing before, the content is not known (digest null).
 */
export function versionsOf<Touch extends ArtifactTouch>(touches: readonly Touch[]): readonly ArtifactVersion<Touch>[] {
  const inTime = [...touches].sort((a, b) => touchedAt(a) - touchedAt(b) || (a.artifact.artifactId < b.artifact.artifactId ? -1 : 1));
  const versions = new Map<string | null, { producedBy: Touch[]; readBy: Touch[] }>();
  let lastWritten: string | null = null;
  for (const touch of inTime) {
    const { direction, digest } = touch.artifact;
    const isWriting = direction === Direction.OUTPUT;
    if (isWriting) lastWritten = digest;
    const version = versionFor(versions, isWriting ? digest : (digest ?? lastWritten));
    (isWriting ? version.producedBy : version.readBy).unshift(touch);
  }
  const latestOf = ({ producedBy, readBy }: { producedBy: Touch[]; readBy: Touch[] }) => Math.max(...[producedBy[0], readBy[0]].flatMap((touch) => (touch === undefined ? [] : [touchedAt(touch)])));
  return [...versions]
    .sort(([, a], [, b]) => latestOf(b) - latestOf(a))
    .map(([digest, { producedBy, readBy }]) => {
      const sizes = [...producedBy, ...readBy].flatMap(({ artifact }) => artifact.sizeBytes ?? []);
      return { digest, sizeBytes: sizes[0] ?? null, producedBy, readBy };
    });
}

/** An event on the way up to the outermost. */
export interface Caller {
  readonly kind: string | null;
  readonly name: string | null;
  readonly actor: string | null;
}

/** The agent in whose call it happened; where there is none, whoever acted next to it. */
export function actorOf(line: readonly Caller[]): string | null {
  const agent = line.find(({ kind }) => kind === 'agent_call');
  return agent?.actor ?? agent?.name ?? line.find(({ actor }) => actor !== null)?.actor ?? null;
}

/** When a file was read or written, as far as told. */
export function touchedAt({ artifact }: ArtifactTouch): Microseconds {
  return artifact.occurredAtUs ?? artifact.saidAtUs;
}

function versionFor<Version>(versions: Map<string | null, { producedBy: Version[]; readBy: Version[] }>, digest: string | null) {
  const version = versions.get(digest) ?? { producedBy: [], readBy: [] };
  versions.set(digest, version);
  return version;
}
