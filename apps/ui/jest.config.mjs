import { jestPreset } from '../../jest.preset.mjs';

export default jestPreset(import.meta.url, {
  testEnvironment: 'jest-environment-jsdom',
  testEnvironmentOptions: { customExportConditions: ['@opmas/source', 'browser'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1', '\\.css$': '<rootDir>/test/empty-style.mjs' },
});
