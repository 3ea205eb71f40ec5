import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstLine, plainText, textPieces, webAddress, withoutTerminalCodes } from './plain-text.js';

describe('withoutTerminalCodes', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b[1;38;5;208mbold\u001b[m', 'bold'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;https://a.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b2Jcleared', 'cleared'],
    ['\u001b(Bplain', 'plain'],
    ['a\r\nb', 'a\nb'],
  ])('takes the codes out of %j', (text, clean) => {
    expect(withoutTerminalCodes(text)).toBe(clean);
  });
});

describe('textPieces', () => {
  it('names what would turn the reading direction around', () => {
    expect(textPieces('invoice\u202egnp.exe')).toEqual([
      { text: 'invoice', isMark: false },
      { text: 'U+202E', isMark: true },
      { text: 'gnp.exe', isMark: false },
    ]);
  });

  it('names zero width, tag and control characters', () => {
    expect(plainText('a\u200bb\u0000c\u{e0041}d\ufeff')).toBe('a⟨U+200B⟩b⟨U+0000⟩c⟨U+E0041⟩d⟨U+FEFF⟩');
  });

  it('keeps lines, tabs and other scripts as they are', () => {
    const text = 'línea 1\n\tстрока 2\n行三 😀';
    expect(textPieces(text)).toEqual([{ text, isMark: false }]);
  });

  it('never lets a hidden character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\u001b', '[', ']', '0', 'm', '\u202e', '\u2066', '\u200d', '\u0007', '\\', '\u009b') }), (text) => {
        expect(plainText(text)).not.toMatch(/[\u001b\u202e\u2066\u200d\u0007\u009b]/);
      }),
    );
  });
});

describe('firstLine', () => {
  it('joins lines and cuts what is too long', () => {
    expect(firstLine('  {\n  "a": 1\n}', 20)).toBe('{ "a": 1 }');
    expect(firstLine('x'.repeat(50), 10)).toBe(`${'x'.repeat(10)}…`);
  });
});

describe('webAddress', () => {
  it.each(['javascript:alert(1)', ' javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', '/relative', 'nothing', '', null])(
    'refuses %p',
    (address) => {
      expect(webAddress(address)).toBeNull();
    },
  );

  it('lets http and https through', () => {
    expect(webAddress('https://ci.example/run/1')).toBe('https://ci.example/run/1');
    expect(webAddress('http://127.0.0.1:8080/')).toBe('http://127.0.0.1:8080/');
  });
});
