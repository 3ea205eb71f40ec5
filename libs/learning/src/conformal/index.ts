export * from './conformal-state.js';
