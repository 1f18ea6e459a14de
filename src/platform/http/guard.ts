import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  parse,
  validate,
  visit,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { ApiError, type ErrorCode } from '../errors.js';
import type { Limits } from '../limits.js';
import { createRecentCache } from '../recent-cache.js';
import { measureOperation } from './measure-operation.js';
import type { RequestParameters } from './request-parameters.js';

/** An operation that may run, or what is wrong with it. */
export type Guarded = (GuardedOperation & { readonly errors?: undefined }) | { readonly errors: readonly unknown[] };

export interface GuardedOperation {
  /** What it came with. */
  readonly parameters: RequestParameters;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced, with their defaults. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export type Guard = (parameters: RequestParameters) => Guarded;

const CACHED_DOCUMENTS = 200;
/** Larger documents are rare, and a cache of them would be a way to fill the memory. */
const CACHED_DOCUMENT_LENGTH = 20_000;

/**
 * The one gate of all transports: parses within the token limit, measures, validates, and coerces the variables. It
 * runs before anything is executed, and its own time is bounded by the token limit whatever the document holds.
 */
export function createGuard(schema: GraphQLSchema, limits: Limits): Guard {
  const cache = createRecentCache<DocumentNode>(CACHED_DOCUMENTS, CACHED_DOCUMENT_LENGTH);
  const aliases = new WeakMap<DocumentNode, number>();

  return (parameters) => {
    const { query, operationName, variables } = parameters;
    try {
      const valid = cache.get(query);
      const document = valid ?? parseWithin(query, limits.maxTokens);
      const operation = selectOperation(document, operationName);
      refuseOversized(document, operation, variables ?? {});
      if (!valid) {
        refuseConditionalSubscriptions(document);
        const errors = validate(schema, document, undefined, { maxErrors: limits.maxValidationErrors });
        if (errors.length > 0) return { errors: errors.map(nameValidationError) };
        cache.set(query, document);
      }
      const options = { maxErrors: limits.maxCoercionErrors };
      const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, options);
      if (values.errors) return { errors: values.errors.map((error) => withCode(error, 'BAD_USER_INPUT')) };
      return { parameters, document, operation, variables: values.coerced };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  };

  function refuseOversized(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Record<string, unknown>,
  ) {
    const { fields, depth, cost } = measureOperation(schema, document, operation, variables, limits);
    refuseAbove(limits.maxAliases, aliasesOf(document), 'aliases');
    refuseAbove(limits.maxRootFields, fields, 'root fields');
    refuseAbove(limits.maxDepth, depth, 'levels of fields');
    refuseAbove(limits.maxCost, cost, 'objects, page sizes multiplied in');
  }

  function aliasesOf(document: DocumentNode): number {
    const known = aliases.get(document) ?? countAliases(document);
    aliases.set(document, known);
    return known;
  }
}

function refuseAbove(limit: number, measured: number, what: string): void {
  if (measured > limit) throw tooComplex(`The operation asks for ${measured} ${what}; the limit is ${limit}.`);
}

function tooComplex(message: string): ApiError {
  return new ApiError('QUERY_TOO_COMPLEX', message);
}

function parseWithin(query: string, maxTokens: number): DocumentNode {
  try {
    return parse(query, { maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    // The parser tells its limit from a fault of syntax by its words alone.
    if (/contains more tha[nt] \d+ tokens/.test(error.message)) {
      throw tooComplex(`The document has more than ${maxTokens} tokens.`);
    }
    throw withCode(error, 'GRAPHQL_PARSE_FAILED');
  }
}

function nameValidationError(error: GraphQLError): GraphQLError {
  // GraphQL bounds the pairs of fields that it compares, and says no more than this when they are too many.
  if (error.message === 'Validation aborted.') return tooComplex('The document repeats its fields too often.');
  return withCode(error, 'GRAPHQL_VALIDATION_FAILED');
}

function selectOperation(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode {
  const operation = getOperationAST(document, name || undefined);
  if (operation) return operation;
  throw new ApiError(
    'BAD_USER_INPUT',
    name
      ? `The document has no operation named "${name}".`
      : 'The document must hold one operation, or name the one to run.',
  );
}

/**
 * Without its field a subscription would follow nothing; later versions of the specification forbid it, too. Comes
 * before GraphQL's own rules, one of which throws at a condition that is a variable, so fragments may still be unknown
 * or go round in circles.
 */
function refuseConditionalSubscriptions(document: DocumentNode): void {
  const seen = new Set<SelectionSetNode>();
  const isConditional = (set: SelectionSetNode | undefined): boolean => {
    if (!set || seen.has(set)) return false;
    seen.add(set);
    return set.selections.some((selection) => {
      if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) return true;
      if (selection.kind === Kind.FIELD) return false;
      return isConditional(
        selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragmentNamed(selection.name.value),
      );
    });
  };
  const fragmentNamed = (name: string): SelectionSetNode | undefined =>
    document.definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .find((node) => node.name.value === name)?.selectionSet;
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION || node.operation !== 'subscription') continue;
    if (isConditional(node.selectionSet))
      throw new ApiError(
        'GRAPHQL_VALIDATION_FAILED',
        'The field of a subscription can be neither skipped nor included.',
      );
  }
}

function countAliases(document: DocumentNode): number {
  let aliases = 0;
  visit(document, {
    [Kind.FIELD]: (field) => {
      if (field.alias) aliases += 1;
    },
  });
  return aliases;
}

function withCode(error: GraphQLError, code: ErrorCode): GraphQLError {
  const { nodes, source, positions } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code } });
}
