import type { ReactElement } from 'react';
import { Icon, type IconName } from '../parts/icon.js';
import type { Tone } from '../parts/standing.js';

interface ToneMarkProps {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: IconName;
  readonly note?: string;
}

/** A sign and its word. */
export function ToneMark({ word, tone, icon, note }: ToneMarkProps): ReactElement {
  return (
    <span className={`standing severity tone-${tone}`} title={note}>
      <span className={`glyph${icon === 'spin' ? ' glyph-running' : ''}`}>
        <Icon name={icon} />
      </span>
      {word}
    </span>
  );
}
