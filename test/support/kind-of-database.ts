import { describe, it } from '@jest/globals';

const isServer = Boolean(process.env.TEST_DATABASE_URL);

/** What the embedded database does not have: other processes, a clock of its own, connections that are lost. */
export const describeOnServer = isServer ? describe : describe.skip;
export const itOnServer = isServer ? it : it.skip;

export const describeOnEmbedded = isServer ? describe.skip : describe;
export const itOnEmbedded = isServer ? it.skip : it;
