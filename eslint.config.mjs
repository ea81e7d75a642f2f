import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const typedSources = ['**/*.ts', '**/*.tsx'];
const specs = ['**/*.spec.ts', '**/*.spec.tsx', '**/spec-support/**', '**/test/**'];

/** Who may import whom: contracts know nobody, services know no service. */
const boundaries = {
  enforceBuildableLibDependency: false,
  allow: [],
  depConstraints: [
    { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: [] },
    { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:contracts'] },
    { sourceTag: 'type:service', onlyDependOnLibsWithTags: ['type:contracts', 'type:platform'] },
    { sourceTag: 'type:ui', onlyDependOnLibsWithTags: ['type:contracts'] },
    {
      sourceTag: 'type:tool',
      onlyDependOnLibsWithTags: ['type:contracts', 'type:platform', 'type:service', 'type:tool'],
    },
  ],
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/.nx/**', '**/.opmas/**', '**/coverage/**'] },
  js.configs.recommended,
  { files: ['**/*.mjs', '**/*.js'], languageOptions: { globals: globals.node } },
  {
    files: typedSources,
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'max-lines': ['error', { max: 400, skipComments: true, skipBlankLines: true }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      complexity: ['error', 16],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['services/*/src/domain/**/*.ts'],
    ignores: specs,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^node:(?!buffer$|crypto$)', message: 'domain/ is pure: no I/O' },
            { regex: '^(nats|pg|ioredis|ssh2|typeorm|@nestjs/.*)$', message: 'domain/ is pure: no framework, no I/O' },
            { regex: '^@opmas/platform$', message: 'domain/ may use @opmas/platform/fold only' },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'time comes from the stream' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'time comes from the stream' },
        { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'no chance in domain/' },
        { selector: "MemberExpression[object.name='process']", message: 'domain/ reads no environment' },
        { selector: "CallExpression[callee.name=/^(setTimeout|setInterval)$/]", message: 'timers run on the stream clock' },
      ],
    },
  },
  {
    files: specs,
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
