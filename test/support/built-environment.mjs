import { createRequire } from 'node:module';

import { TestEnvironment } from 'jest-environment-node';

const require = createRequire(import.meta.url);
const CLOCK = ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'];

/**
 * Where tests get what built-module.mjs lets them import. What they hand to it has to be of the same classes, and its clock is
 * theirs: fake timers are fakes for both.
 */
export default class BuiltEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    Object.assign(this.global, { requireBuilt: require, Error, TypeError });
    for (const name of CLOCK)
      Object.defineProperty(this.global, name, { get: () => globalThis[name], configurable: true });
    const FakeTimers = this.fakeTimersModern.constructor;
    this.fakeTimersModern = new FakeTimers({ config: config.projectConfig, global: globalThis });
  }
}
