import type { Terminal } from '../terminal.js';
import { counted, oneLine } from '../view/style.js';
import { layTable } from '../view/table.js';
import { showDuration } from '../view/time.js';
import { showCommand, maskSecrets } from '../exec/mask-secrets.js';
import { unitCount, type Pipeline, type Stage } from './definition.js';
import { chainLengths, topologicalOrder } from './graph.js';
import { showMemory } from './quantity.js';

/** Shows what would run, in an order in which it could. */
export function showPlan(pipeline: Pipeline, terminal: Terminal, isJson: boolean): void {
  const byName = new Map(pipeline.stages.map((stage) => [stage.name, stage]));
  const stages = topologicalOrder(pipeline.stages).flatMap((name) => byName.get(name) ?? []);
  const isKnown = stages.every(({ expectedMs }) => expectedMs !== undefined);
  const chains = chainLengths(pipeline.stages, (name) => byName.get(name)?.expectedMs ?? 0);
  const longestMs = isKnown ? Math.max(...chains.values()) : null;
  const workMs = isKnown ? stages.reduce((sum, { expectedMs = 0, count }) => sum + expectedMs * count, 0) : null;
  if (isJson) {
    terminal.document({ ...pipeline, stages, tasks: unitCount(pipeline), longest_chain_ms: longestMs, work_ms: workMs });
    return;
  }
  const { style } = terminal;
  const chain = longestMs === null || workMs === null ? '' : `, ${showDuration(workMs)} of work, the longest chain ${showDuration(longestMs)}`;
  terminal.line(`${style.strong(pipeline.name)}: ${counted(unitCount(pipeline), 'task')}${chain}`);
  for (const line of layTable<Stage>(stages, COLUMNS, terminal.width)) terminal.line(line);
}

const COLUMNS = [
  { head: 'TASK', cell: ({ name, count }: Stage) => (count === 1 ? name : `${name} x${count}`), maxWidth: 40 },
  { head: 'AFTER', cell: ({ dependsOn }: Stage) => dependsOn.join(', '), maxWidth: 40 },
  { head: 'MEMORY', cell: ({ memoryBytes }: Stage) => (memoryBytes === undefined ? '' : showMemory(memoryBytes)), isRight: true },
  { head: 'EXPECTED', cell: ({ expectedMs }: Stage) => showDuration(expectedMs), isRight: true },
  { head: 'RETRIES', cell: ({ retries }: Stage) => (retries === 0 ? '' : String(retries)), isRight: true },
  { head: 'COMMAND', cell: ({ command }: Stage) => oneLine(command[0] === '/bin/sh' && command[1] === '-c' ? (command[2] ?? '') : showCommand(maskSecrets(command)), 200), maxWidth: 60 },
];
