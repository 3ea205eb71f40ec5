import { describe, expect, it } from '@jest/globals';
import { anEvent } from '../testing/task-builder.js';
import { eventWords } from './event-words.js';

describe('eventWords', () => {
  it('says who called which tool', () => {
    expect(eventWords(anEvent('e', { kind: 'tool_call', actor: 'coder', target: 'fetch_sales', name: 'execute_tool fetch_sales', input: '{"regions":\n ["north"]}' }))).toMatchObject({
      kind: 'Tool call',
      icon: 'tool',
      title: 'coder → fetch_sales',
      preview: '{"regions": ["north"]}',
    });
  });

  it('says which model was asked, with tokens and cost', () => {
    const words = eventWords(anEvent('e', { kind: 'model_call', actor: 'planner', model: 'gpt-4o', name: 'chat gpt-4o', input_tokens: 1240, output_tokens: 64, cost_usd: 0.0021 }));
    expect(words.title).toBe('planner → gpt-4o');
    expect(words.facts).toEqual(['1.2k → 64 tok', '$0.0021']);
  });

  it('says the model of an agent beside it', () => {
    expect(eventWords(anEvent('e', { kind: 'agent_call', actor: 'planner', name: 'planner', model: 'gpt-4o' }))).toMatchObject({ title: 'planner', target: null, facts: ['gpt-4o'] });
  });

  it('does not repeat the actor that the name of a span holds', () => {
    expect(eventWords(anEvent('e', { kind: 'agent_call', actor: 'planner', name: 'invoke_agent planner' })).title).toBe('planner');
    expect(eventWords(anEvent('e', { kind: 'span', actor: 'service', name: 'record_usage model_call' })).title).toBe('record_usage model_call');
  });

  it('says what a model answered last', () => {
    const output = JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: 'The plan is ready.' }] }]);
    expect(eventWords(anEvent('e', { kind: 'model_call', model: 'm', input: '[]', output })).preview).toBe('The plan is ready.');
  });

  it('says what went wrong', () => {
    const error = { type: 'TimeoutError', message: 'no answer\nafter 30 s', exit_code: 1 };
    expect(eventWords(anEvent('e', { error })).fault).toBe('TimeoutError: no answer after 30 s: exit code 1');
  });

  it('says what was logged', () => {
    expect(eventWords(anEvent('e', { kind: 'log', name: null, output: 'done' }))).toMatchObject({ title: 'done', preview: null, isBad: false });
    expect(eventWords(anEvent('e', { kind: 'log', name: 'stderr', output: 'no space left', severity_number: 17 }))).toMatchObject({ title: 'stderr', preview: 'no space left', isBad: true });
  });

  it('keeps kinds it does not know', () => {
    expect(eventWords(anEvent('e', { kind: 'constructor', name: 'x' }))).toMatchObject({ kind: 'constructor', title: 'x' });
    expect(eventWords(anEvent('e', { kind: null, name: null }))).toMatchObject({ kind: 'Event', title: 'Event' });
  });
});
