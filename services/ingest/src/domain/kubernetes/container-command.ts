import { deterministicId } from '@orrery/contracts';
import { list, text, type JsonRecord } from '../json-reading.js';

/** A hash of what a container runs - command, arguments, inline script - so that a changed command is known as another. */
export function commandHashOf(container: JsonRecord | undefined): string | undefined {
  const command = list(container, 'command');
  const args = list(container, 'args');
  const script = text(container, 'source') ?? text(container, 'script');
  if (command.length === 0 && args.length === 0 && script === undefined) return undefined;
  return deterministicId('command', JSON.stringify([command, args, script ?? null]));
}
