import { describe, expect, it } from '@jest/globals';
import { timeByFunction, timeByPackage, type CpuProfile } from './cpu-profile.js';

const frame = (id: number, functionName: string, url: string) => ({ id, callFrame: { functionName, url, lineNumber: 9 } });

const profile: CpuProfile = {
  nodes: [
    frame(1, '(idle)', ''),
    frame(2, '(garbage collector)', ''),
    frame(3, 'parse', 'file:///home/me/orrery/node_modules/@scope/parser/lib/index.js'),
    frame(4, 'append', 'file:///home/me/orrery/libs/event-log/dist/kafka/kafka-appender.js'),
    frame(5, 'send', 'file:///home/me/orrery/libs/event-log/dist/kafka/kafka-appender.js'),
    frame(6, 'writev', 'node:internal/stream_base_commons'),
    frame(7, 'read', 'file:///home/me/node_modules/outer/node_modules/inner/index.js'),
  ],
  startTime: 1_000_000,
  samples: [1, 4, 5, 3, 2, 6, 7],
  timeDeltas: [1000, 2000, 2000, 3000, 1000, 1000, 1000],
};
const always = { from: 0, to: Number.MAX_SAFE_INTEGER };

describe('timeByPackage', () => {
  it('adds up the functions of a package and leaves idle time out', () => {
    expect(timeByPackage(profile, always).map(({ where, selfMs, share }) => [where, selfMs, share])).toEqual([
      ['libs/event-log', 4, 0.4],
      ['@scope/parser', 3, 0.3],
      ['garbage collector', 1, 0.1],
      ['node:stream_base_commons', 1, 0.1],
      ['inner', 1, 0.1],
    ]);
  });

  it('counts only what was sampled within the window', () => {
    const found = timeByPackage(profile, { from: 1_006_000, to: 1_008_500 });

    expect(found).toEqual([{ where: '@scope/parser', selfMs: 3, share: 1 }]);
  });

  it('finds nothing in a window in which the process was idle', () => {
    expect(timeByPackage(profile, { from: 0, to: 1_001_500 })).toEqual([]);
  });
});

describe('timeByFunction', () => {
  it('names functions by file and line', () => {
    expect(timeByFunction(profile, always)[1]).toEqual({ where: 'libs/event-log', what: 'append kafka-appender.js:10', selfMs: 2, share: 0.2 });
  });
});
