import { describe, expect, it } from '@jest/globals';
import { ApiProblem, asProblem, headingOf, problemOf } from './problem.js';

describe('problemOf', () => {
  it('takes code, detail and the time to wait from a problem document', () => {
    const body = JSON.stringify({ type: 'about:blank', title: 'Too many', status: 429, detail: 'wait a little', code: 'ORRERY_LIMIT' });
    expect(problemOf(429, body, '7')).toMatchObject({ code: 'ORRERY_LIMIT', status: 429, message: 'wait a little', retryAfterSeconds: 7 });
  });

  it('uses the title where there is no detail', () => {
    expect(problemOf(404, '{"title":"Not found","code":"ORRERY_NOT_FOUND"}', null).message).toBe('Not found');
  });

  it.each(['<html>Bad gateway</html>', '', 'null', '[]', '{"detail":5}'])('says so when the answer is no problem document: %s', (body) => {
    expect(problemOf(502, body, null)).toMatchObject({ code: 'HTTP_502', message: 'The server answered 502 without saying why.', retryAfterSeconds: null });
  });
});

describe('headingOf', () => {
  it('puts known codes in words', () => {
    expect(headingOf(new ApiProblem('ORRERY_NOT_FOUND', 404, ''))).toBe('There is nothing under this address');
  });

  it('does not fail on an unknown code', () => {
    expect(headingOf(new ApiProblem('constructor2', 500, ''))).toBe('Something went wrong');
  });
});

describe('asProblem', () => {
  it('keeps a problem and wraps everything else', () => {
    const problem = new ApiProblem('X', 500, 'x');
    expect(asProblem(problem)).toBe(problem);
    expect(asProblem('torn')).toMatchObject({ code: 'CONSOLE', message: 'torn' });
  });
});
