export * from './gbdt/index.js';
export * from './classifiers/index.js';
export * from './networks/index.js';
export * from './conformal/index.js';
export * from './regression/index.js';
export * from './sequence/index.js';
export * from './forecast/index.js';
export * from './calibration/index.js';
