import type { ExperimentReport, ExperimentStatus, ExperimentResult } from '../api/schedule-shapes.js';
import type { IconName } from '../parts/icon.js';
import type { Tone } from '../parts/standing.js';

interface Mark {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

const statuses: Readonly<Record<ExperimentStatus, Mark>> = {
  running: { word: 'Running', tone: 'active', icon: 'spin' },
  completed: { word: 'Completed', tone: 'good', icon: 'check' },
  stopped: { word: 'Stopped', tone: 'calm', icon: 'dash' },
  rolled_back: { word: 'Rolled back', tone: 'bad', icon: 'bang' },
};

export const statusOf = (status: ExperimentStatus): Mark => (Object.hasOwn(statuses, status) ? statuses[status] : { word: status, tone: 'calm', icon: 'dash' });

const verdicts: Readonly<Record<ExperimentResult['verdict'], Mark>> = {
  better: { word: 'Better', tone: 'good', icon: 'check' },
  worse: { word: 'Worse', tone: 'bad', icon: 'bang' },
  undecided: { word: 'Undecided', tone: 'calm', icon: 'dash' },
};

export const verdictOf = (verdict: ExperimentResult['verdict']): Mark => (Object.hasOwn(verdicts, verdict) ? verdicts[verdict] : verdicts.undecided);

const phases: Readonly<Record<ExperimentReport['breaker']['phase'], Mark & { readonly note: string }>> = {
  closed: { word: 'Breaker closed', tone: 'good', icon: 'check', note: 'Learned policies may decide.' },
  open: { word: 'Breaker open', tone: 'bad', icon: 'bang', note: 'The heuristic decides until it has cooled down.' },
  'half-open': { word: 'Breaker on probation', tone: 'warning', icon: 'clock', note: 'Learned policies may decide; the next bad window opens it again.' },
};

/** The state of the breaker, and what that means for who decides. */
export const breakerOf = (phase: ExperimentReport['breaker']['phase']): Mark & { readonly note: string } => (Object.hasOwn(phases, phase) ? phases[phase] : phases.closed);

/** What is told while there is no result: how far it is, or why there never will be one. */
export function noResultText({ status, design, progress }: Pick<ExperimentReport, 'status' | 'design' | 'progress'>): string {
  if (status === 'running' && progress !== null && progress.blocks_done >= progress.blocks) return 'All blocks have ended: what came of it is worked out now.';
  if (status === 'running') {
    const blocks = design === null ? 'its end' : `all ${String(design.blocks)} blocks have ended`;
    return `No effect is told before ${blocks}: who looks early and stops at a good moment finds effects that are none.`;
  }
  return 'It ended before its horizon: nothing can be told of an effect.';
}

/** Whether the interval shows what was asked for beforehand, in words. */
export function minimumText({ verdict, reaches_minimum_effect: reaches }: Pick<ExperimentResult, 'verdict' | 'reaches_minimum_effect'>, minimumEffect: number | undefined): string {
  if (verdict !== 'better' || minimumEffect === undefined) return '';
  return `${reaches ? 'At least' : 'Less than'} the ${shareText(minimumEffect)} that were asked for beforehand.`;
}

/** A share with as many digits as it needs: '5 %', '2.5 %'. */
export const shareText = (share: number): string => `${String(Number((share * 100).toFixed(1)))} %`;

/** A p-value as it may be told: never as 0. */
export const pText = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${String(Number(p.toPrecision(2)))}`);

/** Words of the API as a sentence of their own. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?:]$/.test(trimmed) ? '' : '.'}`;
}
