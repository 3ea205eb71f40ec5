import type { ErrorCode } from '@orrery/errors';
import type { Workload } from '../../domain/index.js';
import type { EpisodeOutcome, EpisodeTask } from './run-episodes.js';

/** What a thread is started with. */
export interface EpisodeThreadData {
  /** How much the thread gives way to others, 0 to 19, where the system can do that for a thread. */
  readonly niceness: number;
}

/** A workload is sent once; tasks name it by its id. */
export type ToEpisodeThread =
  | { readonly type: 'workload'; readonly id: number; readonly workload: Workload }
  | { readonly type: 'run'; readonly ticket: number; readonly workloadId: number; readonly task: Omit<EpisodeTask, 'workload'> };

export type FromEpisodeThread =
  | { readonly type: 'done'; readonly ticket: number; readonly outcomes: readonly EpisodeOutcome[] }
  | { readonly type: 'failed'; readonly ticket: number; readonly code: ErrorCode; readonly message: string };
