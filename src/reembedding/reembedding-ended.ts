/** Thrown out of a transaction of a reembedding that was cancelled, deleted or taken up by somebody else: nothing of it is kept. */
export class ReembeddingEnded extends Error {}
