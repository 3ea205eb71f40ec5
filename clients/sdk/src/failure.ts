import type { FailureData, Outcome } from './execution-data.js';

const LONGEST_MESSAGE_CHARACTERS = 16_384;

/** Errors are told by their shape: those of other realms (vm contexts, DOMException) are no instances of this one's Error. */
function read(thrown: unknown, name: string): unknown {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  try {
    return (thrown as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

/** Describes anything that was thrown: its class and its message, never its stack. */
export function describeFailure(thrown: unknown): FailureData {
  const [type, message, exitCode] = [read(thrown, 'type') ?? read(thrown, 'name'), read(thrown, 'message'), read(thrown, 'exit_code')];
  const text = typeof message === 'string' ? message : typeof thrown === 'object' ? undefined : String(thrown);
  return {
    type: typeof type === 'string' ? type : undefined,
    message: text?.slice(0, LONGEST_MESSAGE_CHARACTERS),
    exit_code: typeof exitCode === 'number' ? exitCode : undefined,
  };
}

/** What kind of end something thrown stands for: an abort is a cancellation, a TimeoutError a timeout, the rest a failure. */
export function outcomeOf(thrown: unknown): Outcome {
  const name = read(thrown, 'name');
  if (name === 'AbortError') return 'cancellation';
  return name === 'TimeoutError' ? 'timeout' : 'failure';
}
