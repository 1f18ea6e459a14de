import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { type DocumentNode, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';

import { createRecentCache } from '../recent-cache.js';

/** To compile one takes some milliseconds, and memory. */
const MAX_DOCUMENTS = 200;
const MAX_LENGTH = 20_000;
/** A document that comes so often is compiled: most that clients invent as they go never are. */
const USES = 3;

interface Seen {
  uses: number;
  /** null: it cannot be compiled. */
  compiled?: CompiledQuery | null;
}

/**
 * Has queries that come again run as compiled functions, with half the work for large answers. Everything else Apollo runs
 * itself; and again, what GraphQL finds a fault in, which the compiled function tells in other words: what was read is there still.
 */
export function compileFrequent(schema: GraphQLSchema): ApolloServerPlugin {
  const documents = createRecentCache<Seen>(MAX_DOCUMENTS, MAX_LENGTH);

  function compiledOf(source: string, document: DocumentNode, operationName: string | null): CompiledQuery | null {
    const key = `${operationName ?? ''} ${source}`;
    const seen = documents.get(key) ?? { uses: 0 };
    documents.set(key, seen);
    if ((seen.uses += 1) < USES) return null;
    if (seen.compiled === undefined) {
      const compiled = compileQuery(schema, document, operationName ?? undefined);
      seen.compiled = isCompiledQuery(compiled) ? compiled : null;
    }
    return seen.compiled;
  }

  return {
    requestDidStart: async () => ({
      async responseForOperation({ operation, source, document, operationName, request, contextValue }) {
        if (operation.operation !== OperationTypeNode.QUERY) return null;
        const compiled = compiledOf(source, document, operationName);
        const singleResult = await compiled?.query(undefined, contextValue, request.variables);
        if (!singleResult || singleResult.errors?.some(({ originalError }) => !originalError)) return null;
        return { http: { headers: new HeaderMap(), status: undefined }, body: { kind: 'single', singleResult } };
      },
    }),
  };
}
