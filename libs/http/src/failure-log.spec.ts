import { describe, expect, it } from '@jest/globals';
import { OrreryError } from '@orrery/errors';
import type { Logger } from '@orrery/telemetry';
import { FailureLog } from './failure-log.js';

const request = { method: 'POST', url: '/api/v1/events?x=1', headers: {} };
const down = () => new OrreryError('ORRERY_DEPENDENCY', 'the log is down');

function scene(): { log: FailureLog; lines: { level: string; fields: Record<string, unknown> }[]; advance(ms: number): void } {
  const lines: { level: string; fields: Record<string, unknown> }[] = [];
  const write = (level: string) => (fields: Record<string, unknown>) => lines.push({ level, fields });
  let nowMs = 0;
  const logger = { warn: write('warn'), error: write('error') } as unknown as Logger;
  return { log: new FailureLog(logger, () => nowMs), lines, advance: (ms) => (nowMs += ms) };
}

describe('the log of failed requests', () => {
  it('tells one failure of a kind in five seconds, and how many there were', () => {
    const { log, lines, advance } = scene();

    for (let count = 0; count < 1000; count += 1) log.note(down(), request);
    advance(5000);
    log.note(down(), request);
    advance(5000);
    log.note(down(), request);

    expect(lines.map(({ level, fields }) => [level, fields['error'], fields['others']])).toEqual([
      ['warn', 'the log is down', undefined],
      ['warn', 'the log is down', 999],
      ['warn', 'the log is down', undefined],
    ]);
    expect(lines[0]?.fields).toEqual({ method: 'POST', path: '/api/v1/events', code: 'ORRERY_DEPENDENCY', error: 'the log is down' });
  });

  it('tells failures of another kind at once', () => {
    const { log, lines } = scene();

    log.note(down(), request);
    log.note(new OrreryError('ORRERY_TIMEOUT', 'too slow'), request);

    expect(lines.map(({ fields }) => fields['code'])).toEqual(['ORRERY_DEPENDENCY', 'ORRERY_TIMEOUT']);
  });

  it('tells every failure that nobody foresaw, with its stack', () => {
    const { log, lines } = scene();
    const bug = new TypeError('x is undefined');

    log.note(bug, request);
    log.note(bug, request);

    expect(lines).toEqual(Array(2).fill({ level: 'error', fields: { method: 'POST', path: '/api/v1/events', err: bug } }));
  });
});
