import type { ListRules } from './list-policy.js';

/** The list schedulers that people know by name. */
export const namedRules = {
  /** First in, first out: the first job takes all it can use. */
  fifo: { order: 'arrival', shareExponent: null, shareBy: 'total-work', staysLocal: true, givesLeftovers: false, stage: 'index' },
  /** Equal shares; with one kind of resource the same as dominant resource fairness. */
  fair: { order: 'arrival', shareExponent: 0, shareBy: 'total-work', staysLocal: true, givesLeftovers: false, stage: 'index' },
  /** Shares in inverse proportion to the work of a job. */
  'weighted-fair': { order: 'arrival', shareExponent: -1, shareBy: 'total-work', staysLocal: true, givesLeftovers: false, stage: 'critical-work' },
  /** Shortest job first, along its critical path. */
  'sjf-cp': { order: 'total-work', shareExponent: null, shareBy: 'total-work', staysLocal: true, givesLeftovers: false, stage: 'critical-work' },
  /** Shortest remaining work first, along its critical path. */
  'srpt-cp': { order: 'remaining-work', shareExponent: null, shareBy: 'total-work', staysLocal: true, givesLeftovers: false, stage: 'critical-work' },
  /** First in, first out, along the critical path. */
  'critical-path': { order: 'arrival', shareExponent: null, shareBy: 'total-work', staysLocal: true, givesLeftovers: false, stage: 'critical-work' },
} as const satisfies Readonly<Record<string, ListRules>>;

export type RuleName = keyof typeof namedRules;
