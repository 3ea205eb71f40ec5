import type { Transaction } from '@orrery/persistence';
import type { ArtifactState } from '../domain/leaf-state.js';
import { actorOf } from '../domain/provenance.js';
import { listArtifacts, type LeafPage } from '../storage/leaf.repository.js';
import { findAncestors } from '../storage/provenance.repository.js';
import type { RunPlace } from '../storage/timeline.repository.js';

/**
 * Reads one page of what a run read and wrote. Who did it is looked up where the producer of the artifact did not say: an agent's call
 * is often told after what was written in it.
 */
export async function readArtifacts(transaction: Transaction, place: RunPlace, filter: Parameters<typeof listArtifacts>[2], page: LeafPage): Promise<readonly ArtifactState[]> {
  const found = await listArtifacts(transaction, place, filter, page);
  const eventIds = new Set(found.flatMap(({ actor, eventId }) => (actor === null && eventId !== null ? [eventId] : [])));
  const lines = await findAncestors(transaction, [...eventIds].map((eventId) => ({ ...place, eventId })));
  return found.map((artifact) => (artifact.actor === null ? { ...artifact, actor: actorOf(lines.get(artifact.eventId ?? '') ?? []) } : artifact));
}
