import type { Policy } from '../policy.js';
import { heft } from './heft.js';
import { listPolicy, type ListRules } from './list-policy.js';
import { namedRules, type RuleName } from './named-policies.js';
import { tetris } from './tetris.js';

/** A heuristic that an engine can be served by. */
export interface ServingHeuristic {
  readonly policy: Policy;
  /** What it does, in words. */
  readonly words: string;
}

const words: Readonly<Record<RuleName, string>> = {
  fifo: 'First in, first out: the first run takes all it can use.',
  fair: 'Equal shares for all runs that have work.',
  'weighted-fair': 'Shares in inverse proportion to the work of a run, along its critical path.',
  'sjf-cp': 'The run with least work in all first, along its critical path.',
  'srpt-cp': 'The run with least work left first, along its critical path.',
  'critical-path': 'First in, first out, along the critical path.',
};

/**
 * The heuristics as engines that start single tasks are served by them. No slot stays empty while a task could start: what no share claims
 * is given away, and no run has slots that stand at it.
 */
export const servingHeuristics: ReadonlyMap<string, ServingHeuristic> = new Map<string, ServingHeuristic>([
  ...(Object.keys(namedRules) as RuleName[]).map((name) => [name, { policy: listPolicy(name, givingAll(namedRules[name])), words: words[name] }] as const),
  ['heft', { policy: heft(), words: 'Each task where it is expected to end first, by how much waits for it; for pools of different speed.' }],
  ['tetris', { policy: tetris(), words: 'The task that fits best what is free of slots and memory, weighed against the work that is left of its run.' }],
]);

/** Rules under which no slot stays empty while a task could start. */
export function givingAll(rules: ListRules): ListRules {
  return { ...rules, givesLeftovers: true };
}

/** What decides where nothing was learned: nobody waits for ever, whatever the runs are like. */
export const plainHeuristic = 'fair';
