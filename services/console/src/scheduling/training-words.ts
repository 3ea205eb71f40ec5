import type { LearningStatus, Training } from '../api/schedule-shapes.js';
import type { IconName } from '../parts/icon.js';
import type { Tone } from '../parts/standing.js';

interface Mark {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

const statuses: Readonly<Record<LearningStatus, Mark>> = {
  queued: { word: 'Waits', tone: 'calm', icon: 'clock' },
  running: { word: 'Running', tone: 'active', icon: 'spin' },
  succeeded: { word: 'Done', tone: 'good', icon: 'check' },
  refused: { word: 'Not better', tone: 'warning', icon: 'dash' },
  failed: { word: 'Failed', tone: 'bad', icon: 'cross' },
  cancelled: { word: 'Cancelled', tone: 'calm', icon: 'dash' },
  interrupted: { word: 'Cut off', tone: 'warning', icon: 'bang' },
};

/** How a training or an evaluation stands. */
export const jobStatusOf = (status: LearningStatus): Mark => (Object.hasOwn(statuses, status) ? statuses[status] : { word: status, tone: 'calm', icon: 'dash' });

export const isUnderWay = (status: LearningStatus): boolean => status === 'queued' || status === 'running';

/** How far it is, in words: '42 %, 3 min 20 s to go; 7.1 % below the heuristic it began as'. */
export function progressText(progress: Training['progress']): string {
  if (progress === null) return '';
  const { share, eta_seconds: etaSeconds, best_percent: best } = progress;
  const left = etaSeconds === null ? '' : `, about ${etaText(etaSeconds)} to go`;
  const gain = best === null || best >= 0 ? '' : `; best so far ${Math.abs(best).toFixed(1)} % below the heuristic it began as, on the jobs that it learns from`;
  return `${String(Math.floor(share * 100))} %${left}${gain}`;
}

/** An estimate with no more digits than it is worth. */
function etaText(seconds: number): string {
  if (seconds < 90) return `${String(Math.max(1, Math.round(seconds)))} s`;
  return seconds < 5400 ? `${String(Math.round(seconds / 60))} min` : `${(seconds / 3600).toFixed(1)} h`;
}

const named: readonly (readonly [field: string, word: string])[] = [
  ['workload', 'jobs'],
  ['scenario', 'scenario'],
  ['executors', 'executors'],
  ['lambda', 'lambda'],
  ['seed', 'seed'],
];

/** What was asked for, in words; what a request does not say stays away. */
export function requestText(request: Training['request']): string {
  return named
    .flatMap(([field, word]) => {
      const value = request[field];
      if (typeof value !== 'string' && typeof value !== 'number') return [];
      return [field === 'executors' ? `${String(value)} ${word}` : `${word} ${String(value)}`];
    })
    .join(', ');
}
