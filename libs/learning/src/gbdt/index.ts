export { decodeGbdt, encodeGbdt } from './gbdt-codec.js';
export { contributions, expectedScore, predictGbdt, predictGbdtInto, probabilityOf, type GbdtModel, type GbdtObjective } from './gbdt-model.js';
export { fitGbdt } from './fit-gbdt.js';
export type { GbdtOptions, GbdtValidation } from './gbdt-options.js';
