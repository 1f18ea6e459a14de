import { createRequire } from 'node:module';

import { TestEnvironment } from 'jest-environment-node';

const require = createRequire(import.meta.url);

/** Where tests get what built-module.mjs lets them import. What they hand to it has to be of the same classes. */
export default class BuiltEnvironment extends TestEnvironment {
  constructor(...all) {
    super(...all);
    Object.assign(this.global, { requireBuilt: require, Date, Error, TypeError });
  }
}
