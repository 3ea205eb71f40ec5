import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Arrows run one way (see CONTRIBUTING): what each kind of project may import. */
const depConstraints = [
  { sourceTag: 'type:kernel', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:pure', onlyDependOnLibsWithTags: ['type:kernel', 'type:pure'] },
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:kernel'] },
  { sourceTag: 'type:base', onlyDependOnLibsWithTags: ['type:kernel'] },
  { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:kernel', 'type:contract', 'type:base', 'type:testing'] },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:kernel', 'type:contract', 'type:base', 'type:adapter'] },
  {
    sourceTag: 'type:service',
    onlyDependOnLibsWithTags: ['type:kernel', 'type:pure', 'type:contract', 'type:base', 'type:adapter', 'type:testing'],
  },
  {
    sourceTag: 'type:composition',
    onlyDependOnLibsWithTags: ['type:kernel', 'type:contract', 'type:base', 'type:adapter', 'type:service', 'type:testing'],
  },
  { sourceTag: 'type:client', onlyDependOnLibsWithTags: ['type:kernel', 'type:client'] },
  { sourceTag: 'type:bench', onlyDependOnLibsWithTags: ['*'] },
  { sourceTag: 'type:web', onlyDependOnLibsWithTags: [] },
];

const size = (lines) => ({
  'max-lines': ['error', { max: lines, skipBlankLines: false, skipComments: false }],
  'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
  'max-params': ['error', 4],
  'max-depth': ['error', 3],
  complexity: ['error', 12],
});

const noBareErrors = {
  selector: "ThrowStatement > NewExpression[callee.name='Error']",
  message: 'Throw OrreryError: its code and retriable flag decide what the edge answers.',
};
const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only libs/config reads the environment (a program hands it over in its main file).',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/gen/**', '.orrery/**', '.nx/**', 'coverage/**', 'fixtures/**/*.json'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strict],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { enforceBuildableLibDependency: false, allow: [], depConstraints }],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowConstructorOnly: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', noBareErrors, noEnvironment],
      ...size(350),
    },
  },
  {
    files: ['**/*.spec.ts', '**/src/testing/**', '**/test/**', 'bench/**'],
    rules: { ...size(500), 'max-lines-per-function': 'off', 'no-restricted-syntax': 'off', complexity: 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['libs/config/src/**', '**/main.ts', 'clients/**'], rules: { 'no-restricted-syntax': ['error', noBareErrors] } },
  {
    files: ['services/*/src/domain/**'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@nestjs/*', 'typeorm', 'kafkajs', 'pg', '@opentelemetry/*', '@orrery/event-log', '@orrery/persistence', '@orrery/http'], message: 'Domain code is pure.' },
            { group: ['node:fs*', 'node:net', 'node:http*', 'node:child_process', 'node:worker_threads'], message: 'Domain code does no I/O.' },
          ],
        },
      ],
    },
  },
);
