import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseInput, parseJsonBody } from './json-body.js';

const one = z.strictObject({ name: z.string().min(1), size: z.number().optional() });
const oneOrMany = z.union([z.strictObject({ all: z.array(one).min(1) }), one]);
const faultsOf = (body: unknown) => {
  try {
    return parseInput(oneOrMany, body, 'body');
  } catch (error) {
    return (error as { details: { faults: string[] } }).details.faults;
  }
};

describe('the faults of an input', () => {
  it('are those of the form that was meant, where there are several', () => {
    expect(faultsOf({ name: 'x', size: 'large' })).toEqual([expect.stringMatching(/^body\.size: .*number/)]);
    expect(faultsOf({ all: [] })).toEqual([expect.stringMatching(/^body\.all: /)]);
    expect(faultsOf({ all: [{ name: '' }, { size: 1 }] })).toEqual([expect.stringMatching(/^body\.all\.0\.name: /), expect.stringMatching(/^body\.all\.1\.name: /)]);
    expect(faultsOf({ name: 'x' })).toEqual({ name: 'x' });
  });

  it('begin with what is no JSON', () => {
    expect(() => parseJsonBody(one, Buffer.from('{'))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION', message: 'the body is not JSON' }));
  });
});
