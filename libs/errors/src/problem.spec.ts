import { describe, expect, it } from '@jest/globals';
import { errorCodes, isRetriable, OrreryError } from './orrery-error.js';
import { toProblem } from './problem.js';

describe('problem document', () => {
  it('exists for every code, with an HTTP error status', () => {
    for (const code of errorCodes) {
      const problem = toProblem(new OrreryError(code, 'run 7 failed', { details: { runId: '7' } }));

      expect(problem).toMatchObject({ code, detail: 'run 7 failed', runId: '7' });
      expect(problem.status).toBeGreaterThanOrEqual(400);
    }
  });

  it('says nothing of an unknown error, which may hold SQL or secrets', () => {
    const problem = toProblem(new Error('password=hunter2'));

    expect(problem.status).toBe(500);
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });

  it('takes the status from the details when the thrower knows a better one', () => {
    expect(toProblem(new OrreryError('ORRERY_LIMIT', 'too large', { details: { httpStatus: 413 } })).status).toBe(413);
  });
});

describe('retry', () => {
  it('is worth it for dependencies and unknown errors, not for bad input', () => {
    expect(isRetriable(new OrreryError('ORRERY_DEPENDENCY', 'down'))).toBe(true);
    expect(isRetriable(new TypeError('bug'))).toBe(true);
    expect(isRetriable(new OrreryError('ORRERY_VALIDATION', 'bad'))).toBe(false);
  });
});
