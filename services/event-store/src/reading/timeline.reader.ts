import type { Transaction } from '@orrery/persistence';
import { placeOf, type EventState } from '../domain/event-state.js';
import type { Place } from '../storage/place.js';
import type { StoredRun } from '../storage/run-rows.js';
import { countArtifactsOf, countChildrenOf, countEvents, listChildren, listEvents, type EventFilter, type RunPlace } from '../storage/timeline.repository.js';
import { findTask } from '../storage/task.repository.js';
import { eventView, type EventView } from '../views/event.view.js';
import { fitting, maxCharacters } from './fitting.js';

export interface TimelinePage {
  readonly items: readonly EventView[];
  /** Where the next page begins; undefined at the end. */
  readonly next: Place | undefined;
  readonly total: number;
}

const childrenShown = 50;
const maxDepth = 10;
/** Nodes below one page; what lies beyond is counted and asked for by its parent. */
const maxNodes = 5000;

/** Reads one page of a run's timeline, with what lies below its events unless only calls of an actor or kind are asked for. */
export async function readTimeline(transaction: Transaction, run: StoredRun, filter: EventFilter, page: { readonly after: Place | undefined; readonly limit: number }): Promise<TimelinePage> {
  const place: RunPlace = { runId: run.run.runId, bucket: run.bucket };
  const found = await listEvents(transaction, place, filter, { after: page.after, limit: page.limit + 1 });
  const roots = fitting(found.slice(0, page.limit), sizeOf);
  const last = roots.at(-1);
  const next = roots.length < found.length && last !== undefined ? { atUs: placeOf(last), id: last.eventId } : undefined;
  const tree = new EventTree(transaction, place);
  if (filter.actor === undefined && filter.kind === undefined) await tree.grow(roots);
  const items = await tree.views(roots, run.content.artifacts > 0);
  return { items, next, total: await totalOf(transaction, run, filter) };
}

function sizeOf({ input, output, attributes }: EventState): number {
  return 500 + (input?.length ?? 0) + (output?.length ?? 0) + (attributes?.length ?? 0);
}

/** How many events lie in what was asked for, nested ones too; calls, where an actor or kind was asked for. */
async function totalOf(transaction: Transaction, run: StoredRun, filter: EventFilter): Promise<number> {
  const place = { runId: run.run.runId, bucket: run.bucket };
  if (filter.actor !== undefined || filter.kind !== undefined) return await countEvents(transaction, place, filter);
  if (filter.parentEventId !== undefined) return (await countChildrenOf(transaction, place, [filter.parentEventId])).get(filter.parentEventId) ?? 0;
  if (filter.taskId === undefined) return run.content.events;
  return (await findTask(transaction, run.run.runId, filter.taskId))?.content.events ?? 0;
}

/** The events below those of a page, fetched level by level within bounds. */
class EventTree {
  private readonly children = new Map<string, EventState[]>();
  private nodeCount = 0;
  private characters = 0;

  constructor(
    private readonly transaction: Transaction,
    private readonly place: RunPlace,
  ) {}

  async grow(roots: readonly EventState[]): Promise<void> {
    this.count(roots);
    for (let level = roots, depth = 0; level.length > 0 && depth < maxDepth; depth += 1) level = await this.growLevel(level);
  }

  async views(roots: readonly EventState[], hasArtifacts: boolean): Promise<readonly EventView[]> {
    const nodes = [...roots, ...[...this.children.values()].flat()];
    const incomplete = nodes.filter(({ eventId }) => (this.children.get(eventId)?.length ?? childrenShown) >= childrenShown).map(({ eventId }) => eventId);
    const childCounts = await countChildrenOf(this.transaction, this.place, incomplete);
    const artifactCounts = hasArtifacts ? await countArtifactsOf(this.transaction, this.place.runId, nodes.map(({ eventId }) => eventId)) : new Map<string, number>();
    const view = (event: EventState): EventView => {
      const children = this.children.get(event.eventId) ?? [];
      const childCount = childCounts.get(event.eventId) ?? children.length;
      return eventView(event, { artifactCount: artifactCounts.get(event.eventId) ?? 0, childCount, children: children.map(view) });
    };
    return roots.map(view);
  }

  private async growLevel(level: readonly EventState[]): Promise<readonly EventState[]> {
    const found: EventState[] = [];
    for (let from = 0; from < level.length && this.nodeCount < maxNodes && this.characters < maxCharacters; ) {
      const parents = level.slice(from, from + this.parentsAtOnce());
      from += parents.length;
      const children = await listChildren(this.transaction, this.place, parents.map(({ eventId }) => eventId), childrenShown);
      for (const { eventId } of parents) this.children.set(eventId, []);
      for (const child of children) this.children.get(child.parentEventId ?? '')?.push(child);
      this.count(children);
      found.push(...children);
    }
    return found;
  }

  /** So many that their children, if all have as many and as large ones as can be expected, fit into memory. */
  private parentsAtOnce(): number {
    const charactersEach = this.nodeCount === 0 ? 1000 : this.characters / this.nodeCount;
    return Math.max(4, Math.min(500, Math.floor(maxCharacters / (childrenShown * charactersEach))));
  }

  private count(events: readonly EventState[]): void {
    this.nodeCount += events.length;
    this.characters += events.reduce((sum, event) => sum + sizeOf(event), 0);
  }
}
