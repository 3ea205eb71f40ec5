const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

// The Kafka suites need a broker, so `npm run test:kafka` selects them and `npm test` leaves them out.
const kafka = process.env.ORRERY_TEST_KAFKA === '1';

export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['orrery-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  roots: ['<rootDir>/libs', '<rootDir>/services', '<rootDir>/clients', '<rootDir>/bench', '<rootDir>/tools'].filter((root) => !root.endsWith('console')),
  testMatch: kafka ? ['**/*.kafka.spec.ts'] : ['**/*.spec.ts', '!**/*.kafka.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  testTimeout: 60_000,
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  watchman: false,
};
