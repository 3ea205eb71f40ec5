export * from './gbdt/index.js';
