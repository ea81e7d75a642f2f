import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The one Jest configuration: native ES modules, SWC for TypeScript and Nest's decorator metadata, and workspace
 * packages resolved to their sources (export condition `@opmas/source`), so that a test never runs a stale build.
 */
export function jestPreset(configUrl, overrides = {}) {
  return {
    rootDir: dirname(fileURLToPath(configUrl)),
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['@opmas/source', 'node', 'node-addons'] },
    testMatch: ['**/*.spec.ts', '**/*.spec.tsx'],
    testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.int\\.spec\\.ts$', '\\.e2e\\.spec\\.ts$'],
    extensionsToTreatAsEsm: ['.ts', '.tsx'],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    modulePathIgnorePatterns: ['/dist/', '/.opmas/', '/.nx/'],
    transform: {
      '^.+\\.tsx?$': [
        '@swc/jest',
        {
          jsc: {
            target: 'es2022',
            parser: { syntax: 'typescript', tsx: true, decorators: true },
            transform: { legacyDecorator: true, decoratorMetadata: true, react: { runtime: 'automatic' } },
          },
          module: { type: 'es6' },
          sourceMaps: 'inline',
        },
      ],
    },
    ...overrides,
  };
}
