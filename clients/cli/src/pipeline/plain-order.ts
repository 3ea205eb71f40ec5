import { chainLengths } from './graph.js';
import { shareOfMemory, type MachineView, type Pick, type RunView, type StageView } from './machine-view.js';

const UNKNOWN_MS = 1_000;

export type PlainOrder = 'critical_path' | 'file';

/**
 * What to start without anybody's advice: runs in the order in which they came; in a run what begins the longest chain, or what
 * stands first in the file. What does not fit into memory lets smaller ones pass.
 *
 * @returns at most as many as there are free slots
 */
export function plainOrder(view: MachineView, order: PlainOrder): Pick[] {
  const room = { slots: view.freeSlots, memoryBytes: view.freeMemoryBytes ?? Infinity };
  return view.runs.flatMap((run) => picksOf(run, view, { room, order }));
}

interface Room {
  slots: number;
  memoryBytes: number;
}

function picksOf(run: RunView, view: MachineView, { room, order }: { readonly room: Room; readonly order: PlainOrder }): Pick[] {
  const picks: Pick[] = [];
  const waiting = sorted(run, order).flatMap(({ name, ready }) => ready.map(({ memoryBytes }) => ({ stage: name, memoryBytes: memoryBytes ?? shareOfMemory(view) ?? 0 })));
  for (const { stage, memoryBytes } of waiting) {
    if (room.slots === 0 || picks.length + run.running >= (run.maxSlots ?? Infinity)) break;
    if (memoryBytes > room.memoryBytes) continue;
    picks.push({ runId: run.id, stage });
    room.slots -= 1;
    room.memoryBytes -= memoryBytes;
  }
  return picks;
}

function sorted({ stages }: RunView, order: PlainOrder): readonly StageView[] {
  const ready = stages.filter((stage) => stage.ready.length > 0);
  if (order === 'file') return ready;
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const chains = chainLengths(stages, (name) => lengthMs(byName.get(name)));
  return ready.sort((a, b) => (chains.get(b.name) ?? 0) - (chains.get(a.name) ?? 0));
}

function lengthMs(stage: StageView | undefined): number {
  return stage === undefined || stage.finished === stage.count ? 0 : (stage.expectedMs ?? stage.observedMs ?? UNKNOWN_MS);
}
