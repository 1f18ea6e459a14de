import { availableParallelism } from 'node:os';

/** Native ESM: MikroORM cannot be imported otherwise, hence --experimental-vm-modules in scripts/test.mjs. */
export default {
  testEnvironment: '<rootDir>/test/support/built-environment.mjs',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/prepare-database.mjs',
  globalTeardown: '<rootDir>/test/support/remove-database.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // A worker holds a database of its own, up to 1 GB in all. Some tests wait for seconds, in which others can use the processor.
  maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
  // What is left of closed databases makes a worker slow to start other processes; a new one costs less.
  workerIdleMemoryLimit: '800MB',
  // For what hangs. No test may depend on how fast the machine is.
  testTimeout: 120_000,
  // What tests import of the service, and the packages whose objects they hand to it; see built-module.mjs.
  transformIgnorePatterns: ['/node_modules/(?!(graphql|kysely|@mikro-orm/(core|postgresql))/)'],
  transform: {
    [`^${RegExp.escape(import.meta.dirname)}/((src|migrations|node_modules)/|test/support/.+\\.mjs$)`]:
      '<rootDir>/test/support/built-module.mjs',
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
