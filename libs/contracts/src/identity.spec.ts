import { describe, expect, it } from '@jest/globals';
import { workflowIdOf } from './identity.js';

const workflow = { tenantId: 'default', engine: 'github', namespace: 'https://github.com/acme/shop', workflow: 'build' };

describe('the id of a workflow', () => {
  it('is the head of the SHA-256 of its length-prefixed parts, on every machine and for ever', () => {
    // printf '8:workflow7:default6:github28:https://github.com/acme/shop5:build' | sha256sum, with version 8 and variant of RFC 9562
    expect(workflowIdOf(workflow)).toBe('49f01aa0-7466-8335-b489-c09ec17febab');
  });

  it.each([{ tenantId: 'other' }, { engine: 'argo' }, { namespace: '' }, { workflow: 'Build' }])('is another one with %j', (other) => {
    expect(workflowIdOf({ ...workflow, ...other })).not.toBe(workflowIdOf(workflow));
  });
});
