import type { ReactElement } from 'react';
import type { Progress } from '../api/wire-shapes.js';
import { Icon, type IconName } from './icon.js';
import { standingOf, standings, type Standing } from './standing.js';

const glyphs: Readonly<Record<Standing, IconName>> = {
  waiting: 'dots',
  queued: 'clock',
  running: 'spin',
  paused: 'pause',
  success: 'check',
  failure: 'cross',
  error: 'bang',
  timeout: 'clock',
  cancellation: 'dash',
  skip: 'skip',
  unknown: 'dash',
};

/** Glyph of a standing; its word is said to those who cannot see it. */
export function StandingGlyph({ standing, isSilent = false }: { readonly standing: Standing; readonly isSilent?: boolean }): ReactElement {
  const { word, tone } = standings[standing];
  return (
    <span className={`glyph tone-${tone} glyph-${standing}`} title={word}>
      <Icon name={glyphs[standing]} {...(isSilent ? {} : { label: word })} />
    </span>
  );
}

/** Glyph and word. */
export function StandingMark({ progress }: { readonly progress: Progress }): ReactElement {
  const standing = standingOf(progress);
  const { word, tone } = standings[standing];
  return (
    <span className={`standing tone-${tone}`}>
      <StandingGlyph standing={standing} isSilent />
      <span>{word}</span>
    </span>
  );
}
