import { useState, type ReactElement } from 'react';
import { textPieces } from './plain-text.js';

interface PlainProps {
  /** Text from outside: whatever it holds, it is shown and not interpreted. */
  readonly text: string;
}

/** Text from outside, isolated from the writing direction around it, with its invisible characters named. */
export function Plain({ text }: PlainProps): ReactElement {
  const pieces = textPieces(text);
  return (
    <bdi>
      {pieces.map((piece, index) =>
        piece.isMark ? (
          <span key={index} className="hidden-mark" title={`An invisible character: ${piece.text}`}>
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  );
}

const longestShown = 12_000;

/** A block of text from outside with its line breaks; a long one is cut until the reader wants it whole. */
export function PlainBlock({ text }: PlainProps): ReactElement {
  const [isWhole, setIsWhole] = useState(false);
  const isCut = !isWhole && text.length > longestShown;
  return (
    <>
      <pre className="block" tabIndex={0}>
        <Plain text={isCut ? text.slice(0, longestShown) : text} />
      </pre>
      {isCut && (
        <button
          type="button"
          className="quiet"
          onClick={() => {
            setIsWhole(true);
          }}
        >
          Show all {text.length.toLocaleString('en-US')} characters
        </button>
      )}
    </>
  );
}
