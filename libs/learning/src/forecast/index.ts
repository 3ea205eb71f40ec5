export * from './forecast.js';
export * from './nlinear.js';
export * from './seasonal-naive.js';
