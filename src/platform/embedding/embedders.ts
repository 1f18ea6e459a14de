import { sql } from 'kysely';

import { FailureCode, FailureError } from '../errors.js';
import type { Database } from '../database/database.js';
import { execute, query } from '../database/query.js';
import { LOST_AFTER_MS } from '../heartbeat.js';
import { createRecentCache } from '../recent-cache.js';
import { createHashingEmbedder, createSpaceEmbedder, isBuiltin, spaceIdOf } from './builtin-embedders.js';
import type { BuiltinThread } from './builtin-thread.js';
import type { Embedder } from './embedder.js';
import type { EmbeddingProvider } from './providers.js';
import { createRemoteEmbedder, type RemoteEmbedderOptions } from './remote.js';
import type { FittedSpace } from './term-space.js';

/** Embedders by the names stored beside vectors. Some are of models that the service is no longer configured with. */
export interface Embedders {
  /** That of the model that the configuration names. */
  readonly configured: Embedder;
  /** One that cannot be called any more is given as well: it fails when it is called. */
  of(model: string): Promise<Embedder>;
  /** Writes down where the configured model is called, for the time when another one is configured. */
  remember(): Promise<void>;
  /** Tells other processes, every few seconds, that this one takes jobs for the configured model; false: no longer. */
  tell(takes: boolean): Promise<void>;
  /**
   * Whether jobs that need the model are left to other processes: this one is not configured with it, and another one
   * is that takes jobs. Never where this one takes none: it was started for what it does. Models in the service are
   * everybody's.
   */
  isOthers(model: string): Promise<boolean>;
  /**
   * A space that is fitted to texts, in the thread of the builtin embedders: about half a second for 1,000 passages.
   * @throws ThreadFault
   */
  fitSpace(texts: readonly string[]): Promise<FittedSpace>;
  stop(): Promise<void>;
}

interface EmbedderOptions extends Omit<RemoteEmbedderOptions, 'provider'> {
  /** EMBEDDING_PROVIDER. `builtin` needs no network and ignores the rest. */
  provider: EmbeddingProvider;
  /** Of the builtin embedders. */
  thread: BuiltinThread;
  /** The openai-compatible server that was configured before, with its key. */
  previous: { readonly baseUrl: string; readonly apiKey: string } | null;
}

/** Up to 2 MB each. */
const SPACES_IN_MEMORY = 16;

/**
 * @param options as they are configured
 * @param readSpace null where there is no such space any more
 * @throws Error when a setting is missing that the provider needs
 */
export function createEmbedders(
  database: Database,
  options: EmbedderOptions,
  readSpace: (id: string) => Promise<FittedSpace | null>,
): Embedders {
  const configured = createEmbedder(options);
  const spaces = createRecentCache<Embedder>(SPACES_IN_MEMORY);
  // Each keeps its connections.
  const made = new Map<string, Embedder>();
  let takesJobs = false;

  async function open(model: string, spaceId: string): Promise<Embedder> {
    const known = spaces.get(model);
    if (known) return known;
    const space = await readSpace(spaceId);
    if (!space) return createLostEmbedder(model);
    const embedder = createSpaceEmbedder(options.thread, model, space);
    spaces.set(model, embedder);
    return embedder;
  }

  async function make(model: string): Promise<Embedder> {
    const spaceId = spaceIdOf(model);
    if (spaceId !== null) return open(model, spaceId);
    const rows = await query(database.fork())<{ baseUrl: string | null }>`
      select base_url as "baseUrl" from embedding_model where name = ${model}`;
    const [provider = ''] = model.split('/', 1);
    const baseUrl = rows[0]?.baseUrl ?? (provider === options.provider ? options.baseUrl : null);
    const place = JSON.stringify([model, baseUrl]);
    const known = made.get(place);
    if (known) return known;
    const otherKey = provider === 'openai-compatible' && baseUrl ? keyOfOther(options, baseUrl) : undefined;
    const name = model.slice(provider.length + 1);
    const embedder = makeAnew({ ...options, model: name, baseUrl, otherKey, isConfigured: false }, provider, model);
    made.set(place, embedder);
    return embedder;
  }

  return {
    configured,
    of: async (model) => (model === configured.model ? configured : make(model)),
    async remember() {
      await execute(database.fork())`
        insert into embedding_model (name, base_url) values (${configured.model}, ${options.baseUrl ?? null})
        on conflict (name) do update set base_url = excluded.base_url`;
    },
    async tell(takes) {
      takesJobs = takes;
      await execute(database.fork())`
        update embedding_model set configured_at = ${takes ? sql`now()` : null} where name = ${configured.model}`;
    },
    async isOthers(model) {
      if (!takesJobs || model === configured.model || isBuiltin(model)) return false;
      const rows = await query(database.fork())`
        select from embedding_model
        where name = ${model} and configured_at > now() - make_interval(secs => ${LOST_AFTER_MS / 1000})`;
      return rows.length > 0;
    },
    fitSpace: (texts) => options.thread.fit(texts),
    stop: () => options.thread.stop(),
  };
}

function createEmbedder({ provider, thread, ...options }: EmbedderOptions): Embedder {
  return provider === 'builtin' ? createHashingEmbedder(thread) : createRemoteEmbedder({ provider, ...options });
}

/** A key goes to the server that it was configured for. undefined: this is the configured one. */
function keyOfOther(
  { provider, baseUrl: configured, previous }: EmbedderOptions,
  baseUrl: string,
): RemoteEmbedderOptions['otherKey'] {
  const isAt = (other: string): boolean => new URL(baseUrl).origin === new URL(other).origin;
  if (provider === 'openai-compatible' && configured && isAt(configured)) return undefined;
  return { variable: 'EMBEDDING_PREVIOUS_API_KEY', value: previous && isAt(previous.baseUrl) ? previous.apiKey : null };
}

/** What was stored by another version, or whose address nobody knows, cannot be made again. */
function makeAnew(options: Omit<EmbedderOptions, 'provider'>, provider: string, model: string): Embedder {
  try {
    const embedder = createEmbedder({ ...options, provider: provider as EmbedderOptions['provider'] });
    return embedder.model === model ? embedder : createLostEmbedder(model);
  } catch {
    return createLostEmbedder(model);
  }
}

function createLostEmbedder(model: string): Embedder {
  const fail = async (): Promise<never> => {
    throw new FailureError(
      FailureCode.NETWORK,
      `The embedding model ${model} cannot be called any more. Use reembedProject to change to the configured one.`,
      false,
    );
  };
  return {
    model,
    weight: 0,
    minimumSimilarity: 1,
    batchSize: 1,
    embedDocuments: fail,
    embedQuery: fail,
  };
}
