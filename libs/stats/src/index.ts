export * from './beta-posterior.js';
export * from './bytes.js';
export * from './decaying-sketch.js';
export * from './exponential-average.js';
export * from './level-shift.js';
export * from './quantile-sketch.js';
export * from './random.js';
export * from './robust.js';
