import { describe, expect, it } from '@jest/globals';
import type { ChildEnd } from './child-process.js';
import { judgeEnd } from './exec-outcome.js';
import { planExec, type ExecCircumstances, type ExecOptions } from './exec-plan.js';
import type { JournalledRun } from './run-journal.js';
import type { StopReason } from './stopping.js';

const nowhere: ExecCircumstances = { environment: { outer: undefined, source: undefined }, known: undefined, versionControl: undefined, now: '2026-01-01T00:00:00Z' };
const outer = { runId: 'run-1', source: 'urn:outer', attempt: 3, taskId: 'build' };
const known: JournalledRun = { attempt: 2, source: 'urn:known', workflow: 'pipeline', startedAt: '2025-01-01T00:00:00Z', isFinished: false, taskAttempts: new Map([['test', 4]]), taskOutcomes: new Map() };

function plan(options: ExecOptions, circumstances: Partial<ExecCircumstances> = {}) {
  return planExec(['/usr/bin/make', 'all'], options, { ...nowhere, ...circumstances });
}

describe('a command', () => {
  it('by itself is a run of one task, called after its program', () => {
    expect(plan({})).toMatchObject({ workflow: 'make', taskId: 'make', runAttempt: 1, taskAttempt: 1, isJoining: false, endsRun: true, parentRun: undefined, shownCommand: '/usr/bin/make all' });
  });

  it('with a run joins what its first call made', () => {
    expect(plan({ run: 'r', task: 'test' }, { known })).toMatchObject({ runId: 'r', runAttempt: 2, source: 'urn:known', workflow: 'pipeline', startedAt: known.startedAt, taskAttempt: 5, isJoining: true, endsRun: false });
    expect(plan({ run: 'r', finish: true }, { known })).toMatchObject({ endsRun: true });
  });

  it('with a run that has ended begins its next attempt', () => {
    expect(plan({ run: 'r', task: 'test' }, { known: { ...known, isFinished: true } })).toMatchObject({ runAttempt: 3, taskAttempt: 1, isJoining: false });
  });

  it('inside another is a step of it', () => {
    const nested = plan({ task: 'compile', dependsOn: ['fetch'] }, { environment: { outer, source: 'urn:env' } });

    expect(nested).toMatchObject({ runId: 'run-1', source: 'urn:outer', runAttempt: 3, workflow: undefined, taskId: 'build/compile', parentTask: 'build', dependsOn: ['build/fetch'], isJoining: true, endsRun: false });
    expect(plan({}, { environment: { outer, source: undefined } }).taskId).toMatch(/^build\/make\/[0-9a-f-]{36}$/);
  });

  it('inside another with a workflow of its own is a run that the other caused', () => {
    expect(plan({ workflow: 'own' }, { environment: { outer, source: undefined } })).toMatchObject({ workflow: 'own', endsRun: true, parentRun: { id: 'run-1', source: 'urn:outer', attempt: 3 }, parentTask: undefined });
  });

  it('belongs to what it is told, else to its repository, else to this machine', () => {
    const versionControl = { repository_url: 'https://example.com/a' };

    expect(plan({ source: 'urn:told' }, { versionControl }).source).toBe('urn:told');
    expect(plan({}, { versionControl }).source).toBe('https://example.com/a');
    expect(plan({}).source).toMatch(/^urn:orrery:host:/);
  });
});

describe('the end of a command', () => {
  it.each([
    { when: 'well', end: { exitCode: 0 }, expected: { exitCode: 0, outcome: 'success' } },
    { when: 'by itself with a code', end: { exitCode: 3 }, expected: { exitCode: 3, outcome: 'failure' } },
    { when: 'well although it was told to stop', end: { exitCode: 0 }, stopped: { kind: 'signal', signal: 'SIGTERM' }, expected: { exitCode: 0, outcome: 'success' } },
    { when: 'because it was told to stop', end: { exitCode: 143, signal: 'SIGTERM' }, stopped: { kind: 'signal', signal: 'SIGTERM' }, expected: { exitCode: 143, outcome: 'cancellation' } },
    { when: 'by a code after it was told to stop', end: { exitCode: 1 }, stopped: { kind: 'signal', signal: 'SIGINT' }, expected: { exitCode: 1, outcome: 'cancellation' } },
    { when: 'at the time limit', end: { exitCode: 143, signal: 'SIGTERM' }, stopped: { kind: 'timeout' }, expected: { exitCode: 124, outcome: 'timeout' } },
    { when: 'by a signal of somebody else', end: { exitCode: 137, signal: 'SIGKILL' }, expected: { exitCode: 137, outcome: 'error' } },
    { when: 'before it began', end: { exitCode: 127, startError: 'x: command not found' }, expected: { exitCode: 127, outcome: 'error' } },
  ] satisfies { when: string; end: ChildEnd; stopped?: StopReason; expected: unknown }[])('$when', ({ end, stopped, expected }: { end: ChildEnd; stopped?: StopReason; expected: object }) => {
    expect(judgeEnd(end, stopped, '')).toMatchObject(expected);
  });
});
