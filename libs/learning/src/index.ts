export * from './gbdt/index.js';
export * from './classifiers/index.js';
