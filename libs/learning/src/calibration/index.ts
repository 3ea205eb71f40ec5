export { calibrated, decodeCalibration, encodeCalibration, fitCalibration, type Calibration } from './calibration.js';
export { expectedCalibrationError, reliabilityCurve, type ReliabilityPoint } from './reliability.js';
