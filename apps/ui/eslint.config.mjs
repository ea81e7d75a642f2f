import globals from 'globals';
import root from '../../eslint.config.mjs';

const ALONE = 'a feature knows no other feature: routes put them together';
const BELOW = 'lib and components know no feature, route or app';

/** The project's rules, and the UI's zones: routes and app → features → components and lib. */
export default [
  ...root,
  {
    files: ['public/**/*.js', 'test/screenshots.mjs'],
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
  },
  {
    files: ['src/features/*/*/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^\\.\\./\\.\\./(?!\\.\\.)', message: ALONE },
            { regex: '^(\\.\\./){3}(routes|app|features)/', message: ALONE },
          ],
        },
      ],
    },
  },
  {
    files: ['src/features/*/*.{ts,tsx}'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^\\.\\./(?!\\.\\.)', message: ALONE }] }] },
  },
  {
    files: ['src/lib/**/*.{ts,tsx}', 'src/components/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(\\.\\./)+(features|routes|app)/', message: BELOW }] },
      ],
    },
  },
];
