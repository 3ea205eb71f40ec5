import { describe, expect, it } from '@jest/globals';
import { isJson, laidOut, turnsOf } from './spoken-text.js';

describe('turnsOf', () => {
  it('reads messages with parts', () => {
    const messages = [
      { role: 'system', parts: [{ type: 'text', content: 'You plan.' }] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: '1', name: 'fetch_sales', arguments: { region: 'north' } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: '1', result: '358' }] },
    ];
    expect(turnsOf(JSON.stringify(messages))).toEqual([
      { role: 'system', text: 'You plan.' },
      { role: 'assistant', text: '→ fetch_sales({"region":"north"})' },
      { role: 'tool', text: '← 358' },
    ]);
  });

  it('reads the messages of chat APIs', () => {
    const body = { messages: [{ role: 'user', content: 'Hello' }, { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }, { role: 'user', content: [{ type: 'text', text: 'part' }] }] };
    expect(turnsOf(JSON.stringify(body))).toEqual([
      { role: 'user', text: 'Hello' },
      { role: 'assistant', text: '→ f({})' },
      { role: 'user', text: 'part' },
    ]);
  });

  it.each(['plain words', '', '[]', '{"a":1}', '[1,2]', '[{"role":"user"}]', '[{"role":', 'null'])('is null for what is no conversation: %s', (text) => {
    expect(turnsOf(text)).toBeNull();
  });
});

describe('isJson', () => {
  it('knows objects and lists from words', () => {
    expect(['{}', ' [1]', '{broken', 'null', '12', 'words'].map(isJson)).toEqual([true, true, false, false, false, false]);
  });
});

describe('laidOut', () => {
  it('sets JSON out in lines and leaves all else', () => {
    const long = 'x'.repeat(100);
    expect(laidOut(`{"a":["${long}"]}`)).toBe(`{\n  "a": [\n    "${long}"\n  ]\n}`);
    expect(laidOut('{"a":[1]}')).toBe('{"a":[1]}');
    expect(laidOut('{broken')).toBe('{broken');
    expect(laidOut('12')).toBe('12');
  });
});
