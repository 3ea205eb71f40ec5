import type { ReactElement } from 'react';

/** Drawn on a field of 16 by 16 with lines of the text's colour. */
const drawings = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4.5 4.5l7 7m0-7l-7 7',
  bang: 'M8 3.5v5.5m0 3v.2',
  bangs: 'M5.500 3.500v5.500m0 3v.2M10.500 3.500v5.500m0 3v.2',
  note: 'M8 7v5.500M8 4v.2',
  clock: 'M8 4.5V8l2.5 1.5M14 8A6 6 0 112 8a6 6 0 0112 0z',
  dash: 'M4 8h8',
  skip: 'M4 4l5 4-5 4zM11.5 4v8',
  pause: 'M6 4v8m4-8v8',
  dots: 'M4 8h.01M8 8h.01M12 8h.01',
  spin: 'M8 2.5a5.5 5.5 0 105.5 5.5',
  chevron: 'M6 4l4 4-4 4',
  arrow: 'M3 8h10M9.5 4.5L13 8l-3.5 3.5',
  agent: 'M8 7.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM3 13.5c.4-2.600 2.300-4 5-4s4.600 1.400 5 4',
  model: 'M8 2l1.500 4.500L14 8l-4.500 1.500L8 14l-1.500-4.500L2 8l4.500-1.500z',
  tool: 'M9.800 6.200a3.200 3.200 0 01-.7-3.700 3.400 3.400 0 00-4.200 4.300L2.300 9.400a1.600 1.600 0 002.300 2.300l2.600-2.600a3.400 3.400 0 004.300-4.200L9.800 6.200z',
  code: 'M5.500 5L2.500 8l3 3m5-6l3 3-3 3',
  handOff: 'M2.500 5.500h8m-2.500-3l3 3-3 3M13.500 10.500h-8m2.500-3l-3 3 3 3',
  message: 'M2.500 3.500h11v7h-6l-3 2.500v-2.500h-2z',
  search: 'M7 11.500a4.500 4.500 0 100-9 4.500 4.500 0 000 9zm3.300-1.200l3.200 3.200',
  log: 'M3 4.500h10M3 8h10M3 11.500h6',
  span: 'M2.500 6h7v4h-7zM11.500 8h2',
  repeat: 'M12.500 6.500a5 5 0 00-9-.5m-.5-2.500v3h3m-2.500 3a5 5 0 009 .5m.5 2.500v-3h-3',
  file: 'M4 2.500h5l3 3v8H4zM9 2.500v3h3',
  branch: 'M5 5v6m0-6a1.500 1.500 0 100-3 1.500 1.500 0 000 3zm0 9a1.500 1.500 0 100-3 1.500 1.500 0 000 3zm6-7.500a1.500 1.500 0 100-3 1.500 1.500 0 000 3zm0 0c0 2.500-3 2.500-6 3.500',
  copy: 'M5.500 5.500v-3h8v8h-3m-8-5h8v8h-8z',
  open: 'M6.500 3.500h-3v9h9v-3M9 3h4v4m0-4L7.500 8.500',
  read: 'M8 2.500V10m-3-3l3 3 3-3M3 13h10',
  write: 'M8 10V2.500m-3 3l3-3 3 3M3 13h10',
  plus: 'M8 3.500v9M3.500 8h9',
  fit: 'M2.500 8h11m-8.500-3L2 8l3 3m6-6l3 3-3 3',
  key: 'M6 9.500a3 3 0 110-3l7.500-.1v3.200h-2V8M5 8h.01',
  flame: 'M8 14c-2.800 0-4.500-1.800-4.500-4.200C3.500 7 6.500 6 6.500 2c2.500 1 3 3 3 4.500.700-.3 1-.800 1-1.500 1.200 1.200 2 2.800 2 4.800C12.500 12.200 10.800 14 8 14z',
} as const;

export type IconName = keyof typeof drawings;

/** A small sign; without a label it is decoration that a word beside it explains. */
export function Icon({ name, label }: { readonly name: IconName; readonly label?: string }): ReactElement {
  const said = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  return (
    <svg className={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" {...said}>
      <path d={drawings[name]} />
    </svg>
  );
}
