import type { FailureData, Outcome } from '@orrery/sdk';
import type { ChildEnd } from './child-process.js';
import type { StopReason } from './stopping.js';
import { manyLines, oneLine } from '../view/style.js';

/** What `timeout(1)` answers. */
const TIMEOUT_EXIT_CODE = 124;
const QUOTED_LENGTH = 300;

export interface ExecOutcome {
  readonly exitCode: number;
  readonly outcome: Outcome;
  readonly error?: FailureData;
}

/**
 * Says in the platform's words how a command ended: by itself, by a signal that was passed on (cancellation), by the time
 * limit (timeout), by somebody else's signal or because it could not be started (error).
 *
 * @param errorOutput the end of what it wrote to standard error; its last line is quoted
 */
export function judgeEnd(end: ChildEnd, stopped: StopReason | undefined, errorOutput: string): ExecOutcome {
  const { exitCode, signal, startError } = end;
  if (startError !== undefined) return { exitCode, outcome: 'error', error: { type: 'CannotStart', message: startError, exit_code: exitCode } };
  if (stopped?.kind === 'timeout') return { exitCode: TIMEOUT_EXIT_CODE, outcome: 'timeout', error: { type: 'Timeout', message: 'the time limit was reached', exit_code: TIMEOUT_EXIT_CODE } };
  // A command that is told to stop and still ends well has done its work.
  if (exitCode === 0) return { exitCode, outcome: 'success' };
  if (stopped?.kind === 'signal') return { exitCode, outcome: 'cancellation', error: { type: stopped.signal, message: `stopped by ${stopped.signal}`, exit_code: exitCode } };
  const quoted = lastLine(errorOutput);
  if (signal !== undefined) return { exitCode, outcome: 'error', error: { type: signal, message: withQuote(`ended by ${signal}${hintOn(signal)}`, quoted), exit_code: exitCode } };
  return { exitCode, outcome: 'failure', error: { type: 'ExitCode', message: quoted || `exit code ${exitCode}`, exit_code: exitCode } };
}

function hintOn(signal: NodeJS.Signals): string {
  return signal === 'SIGKILL' ? ', perhaps for want of memory' : '';
}

function lastLine(text: string): string {
  return oneLine(manyLines(text).findLast((line) => line.trim() !== '') ?? '', QUOTED_LENGTH);
}

function withQuote(message: string, quoted: string): string {
  return quoted === '' ? message : `${message}: ${quoted}`;
}
