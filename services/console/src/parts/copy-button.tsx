import { useEffect, useState, type ReactElement } from 'react';
import { Icon } from './icon.js';

/** Copies a text, and says that it did. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): ReactElement {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => {
      setIsCopied(false);
    }, 1500);
    return () => {
      clearTimeout(timer);
    };
  }, [isCopied]);
  return (
    <button
      type="button"
      className="icon-button"
      title={isCopied ? 'Copied' : `Copy ${what}`}
      onClick={() => {
        // The clipboard is only there on loopback and over TLS; elsewhere nothing was copied, and nothing says so.
        void (navigator.clipboard as Clipboard | undefined)?.writeText(text).then(() => {
          setIsCopied(true);
        });
      }}
    >
      <Icon name={isCopied ? 'check' : 'copy'} label={isCopied ? 'Copied' : `Copy ${what}`} />
    </button>
  );
}
