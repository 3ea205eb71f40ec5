import { useEffect, useRef, useState, useSyncExternalStore, type FormEvent, type ReactElement } from 'react';
import { currentKey, giveKey, keyDemand } from '../api/api-key.js';
import { Plain } from './plain.js';

/** Asks for an API key when the server wants one; it is kept until the browser tab closes. */
export function KeyPrompt(): ReactElement | null {
  const demand = useSyncExternalStore(keyDemand.subscribe, keyDemand.get);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (demand !== null && dialog.current?.open === false) dialog.current.showModal();
  }, [demand]);
  if (demand === null) return null;
  return (
    <dialog
      ref={dialog}
      className="key-prompt"
      aria-labelledby="key-prompt-title"
      onCancel={(event) => {
        event.preventDefault();
      }}
    >
      <h2 id="key-prompt-title">{currentKey() === null ? 'This server asks for an API key' : 'The server does not accept this key'}</h2>
      {currentKey() !== null && (
        <p className="muted">
          <Plain text={demand.reason} />
        </p>
      )}
      <KeyForm
        give={(key) => {
          dialog.current?.close();
          giveKey(key);
        }}
      />
    </dialog>
  );
}

function KeyForm({ give }: { readonly give: (key: string) => void }): ReactElement {
  const [key, setKey] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (key.trim() !== '') give(key.trim());
  };
  return (
    <form onSubmit={submit}>
      <label>
        API key
        <input
          type="password"
          autoFocus
          autoComplete="off"
          value={key}
          onChange={(event) => {
            setKey(event.target.value);
          }}
        />
      </label>
      <p className="muted">It stays in this browser tab and is forgotten when you close it.</p>
      <button type="submit" className="primary">
        Use this key
      </button>
    </form>
  );
}
