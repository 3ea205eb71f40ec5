export * from './growth-curve.js';
export * from './robust-slope.js';
export * from './weighted-quantile.js';
