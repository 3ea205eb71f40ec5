import { describe, expect, it } from '@jest/globals';
import { chatMessages, flattenedMessages } from './chat-messages.js';

describe('chatMessages', () => {
  it('reads parts as the GenAI conventions have them', () => {
    const written = JSON.stringify([
      { role: 'assistant', parts: [{ type: 'text', content: 'one' }, { type: 'tool_call', id: 'c1', name: 'search', arguments: { q: 'x' } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: { rows: 2 } }] },
    ]);

    expect(chatMessages(written)).toEqual([
      { role: 'assistant', text: 'one', toolCalls: [{ id: 'c1', name: 'search', arguments: '{"q":"x"}' }], answers: undefined },
      { role: 'tool', text: '{"rows":2}', toolCalls: [], answers: 'c1' },
    ]);
  });

  it('reads messages of the OpenAI form', () => {
    const written = JSON.stringify([
      { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'search', arguments: '{"q":"x"}' } }] },
      { role: 'tool', tool_call_id: 'c1', content: 'two rows' },
    ]);

    expect(chatMessages(written)).toEqual([
      { role: 'assistant', text: '', toolCalls: [{ id: 'c1', name: 'search', arguments: '{"q":"x"}' }], answers: undefined },
      { role: 'tool', text: 'two rows', toolCalls: [], answers: 'c1' },
    ]);
  });

  it('reads content that is a list of parts', () => {
    const written = JSON.stringify({ messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }, { type: 'text', text: 'there' }] }] });

    expect(chatMessages(written)).toMatchObject([{ role: 'user', text: 'hello\nthere' }]);
  });

  it.each([[undefined], [''], ['plain text'], ['[1, 2'], ['{"a":1}'], ['[1,null,"x"]']])('gives nothing for %p', (written) => {
    expect(chatMessages(written)).toEqual([]);
  });
});

describe('flattenedMessages', () => {
  it('gathers what OpenInference spreads over attributes', () => {
    const attributes = {
      'llm.output_messages.1.message.role': 'assistant',
      'llm.output_messages.0.message.role': 'user',
      'llm.output_messages.0.message.content': 'hi',
      'llm.output_messages.1.message.tool_calls.0.tool_call.id': 'c1',
      'llm.output_messages.1.message.tool_calls.0.tool_call.function.name': 'search',
      'llm.output_messages.1.message.tool_calls.0.tool_call.function.arguments': '{}',
      'llm.output_messages.9.other': 'x',
    };

    expect(flattenedMessages(attributes, 'llm.output_messages')).toEqual([
      { role: 'user', text: 'hi', answers: undefined, toolCalls: [] },
      { role: 'assistant', text: '', answers: undefined, toolCalls: [{ id: 'c1', name: 'search', arguments: '{}' }] },
    ]);
  });
});
