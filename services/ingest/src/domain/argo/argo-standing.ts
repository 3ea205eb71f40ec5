import { Outcome } from '@orrery/contracts';
import { text, type JsonRecord } from '../json-reading.js';
import { finished, paused, queued, running, type Standing } from '../statements.js';

// Argo has no phase for these two: its controller fails the node and says why.
const timeoutMessage = /deadline|max duration limit|timed out/i;
const shutdownMessage = /shutdown with strategy|stopped with strategy|terminated/i;

/**
 * How a node or workflow stands by its `phase`. Nothing is said of a phase that no version of Argo has; it is flagged.
 *
 * @param shutdown the workflow's `spec.shutdown`, Stop or Terminate, which makes what then fails a cancellation
 */
export function argoStandingOf(subject: JsonRecord, shutdown: string | undefined, flags: Set<string>): Standing {
  const phase = text(subject, 'phase');
  const message = text(subject, 'message') ?? '';
  switch (phase) {
    case undefined:
    case 'Pending':
      return queued;
    case 'Running':
      return text(subject, 'type') === 'Suspend' ? paused : running;
    case 'Daemoned':
      return running;
    case 'Succeeded':
      return finished(Outcome.SUCCESS);
    case 'Skipped':
    case 'Omitted':
      return finished(Outcome.SKIP);
    case 'Failed':
    case 'Error':
      return finished(outcomeOfTrouble(phase, message, shutdown));
    default:
      flags.add('unknown_phase');
      return {};
  }
}

function outcomeOfTrouble(phase: 'Failed' | 'Error', message: string, shutdown: string | undefined): Outcome {
  if (shutdownMessage.test(message)) return Outcome.CANCELLATION;
  if (timeoutMessage.test(message)) return Outcome.TIMEOUT;
  // A step that failed by itself while the workflow was being stopped has an exit code to show for it.
  if (shutdown !== undefined && !/exit code/i.test(message)) return Outcome.CANCELLATION;
  return phase === 'Failed' ? Outcome.FAILURE : Outcome.ERROR;
}
