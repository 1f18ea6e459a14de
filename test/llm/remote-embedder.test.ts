import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parseHostEntry } from '../../src/platform/network/host-list.js';
import { createRemoteEmbedder, type RemoteEmbedderOptions } from '../../src/platform/embedding/remote.js';
import {
  breaksDown,
  embedsWith,
  fails,
  rateLimited,
  redirectsTo,
  sendsHtml,
  type ScriptedProvider,
  type Step,
  startScriptedProvider,
  staysSilent,
} from '../support/scripted-provider.js';

let provider: ScriptedProvider;
beforeAll(async () => void (provider = await startScriptedProvider()));
afterEach(() => provider.reset());
afterAll(() => provider.stop());

const keys = { openai: null, anthropic: null, google: null, openaiCompatible: 'sk-compatible' };
const compatible = (fields: Partial<RemoteEmbedderOptions> = {}) =>
  createRemoteEmbedder({
    provider: 'openai-compatible',
    model: 'bge-small',
    baseUrl: provider.baseUrl,
    keys,
    hosts: [parseHostEntry(provider.hostEntry)!],
    ...fields,
  });
const ollama = (fields: Partial<RemoteEmbedderOptions> = {}) =>
  compatible({ provider: 'ollama', model: 'nomic-embed-text', baseUrl: provider.ollamaUrl, ...fields });
const answersJson =
  (body: object): Step =>
  ({ response }) =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
const lengthOf = (vector: ArrayLike<number>) => Math.hypot(...Array.from(vector));

describe('the remote embedder', () => {
  it('embeds documents in their order, as unit vectors of 768 numbers', async () => {
    const [first, second, again] = await compatible().embedDocuments(['cats sleep', 'dogs bark', 'cats sleep']);
    expect([first!.length, second!.length]).toEqual([768, 768]);
    expect(lengthOf(first!)).toBeCloseTo(1);
    expect(first).toEqual(again);
    expect(first).not.toEqual(second);
  });

  it('asks an openai-compatible server for 768 dimensions, with its key', async () => {
    await compatible().embedQuery('cats');
    expect(provider.requests).toMatchObject([
      {
        url: '/v1/embeddings',
        body: { model: 'bge-small', input: ['cats'], dimensions: 768 },
        headers: { authorization: 'Bearer sk-compatible' },
      },
    ]);
  });

  it('sends its key to those hosts alone that it is for, where they are named', async () => {
    for (const host of [provider.hostEntry, 'llm.example'])
      await compatible({ keys: { ...keys, openaiCompatibleHosts: [host] } }).embedQuery('cats');
    const sent = provider.requests.map(({ headers }) => headers.authorization);
    expect(sent).toEqual(['Bearer sk-compatible', undefined]);
  });

  it.each([
    [
      400,
      'Model "bge-small" does not support matryoshka representation, changing output dimensions will lead to poor results.',
    ],
    [422, 'dimensions: Extra inputs are not permitted'],
  ])(
    'asks a server without dimensions that refuses them by a %i, and from then on at once',
    async (status, message) => {
      provider.alwaysEmbed((exchange) =>
        ('dimensions' in exchange.request.body ? fails(status, { message }) : embedsWith(384))(exchange),
      );
      const embedder = compatible();
      await embedder.embedQuery('cats');
      await embedder.embedQuery('dogs');
      expect(provider.requests.map(({ body }) => [body.input[0], body.dimensions])).toEqual([
        ['cats', 768],
        ['cats', undefined],
        ['dogs', undefined],
      ]);
    },
  );

  it('goes on to ask for 768 dimensions where it was not for them that a request was refused', async () => {
    provider.scriptEmbeddings(fails(400, { message: 'These are dimensions beyond us' }), fails(400));
    const embedder = compatible();
    await expect(embedder.embedQuery('cats')).rejects.toMatchObject({ code: 'PROVIDER_ERROR' });
    await embedder.embedQuery('dogs');
    expect(provider.requests.at(-1)!.body.dimensions).toBe(768);
  });

  it('tells nomic models which side a text is on', async () => {
    const embedder = ollama();
    await embedder.embedDocuments(['cats sleep']);
    await embedder.embedQuery('who sleeps?');
    expect(provider.requests.map(({ body }) => body.input)).toEqual([
      ['search_document: cats sleep'],
      ['search_query: who sleeps?'],
    ]);
    expect(provider.requests[0]!.body).not.toHaveProperty('dimensions');
    expect(provider.requests[0]!.headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['nomic-ai/nomic-embed-text-v1.5', 'search_query: x', 0.5],
    ['text-embedding-nomic-embed-text-v1.5', 'search_query: x', 0.5],
    ['nomic-embed-code', 'x', 0.35],
    ['openai/text-embedding-3-large', 'x', 0.25],
    ['bge-small', 'x', 0.35],
  ])('knows %s by its name, whoever serves it', async (model, sent, minimumSimilarity) => {
    for (const embedder of [compatible({ model }), ollama({ model })]) {
      await embedder.embedQuery('x');
      expect(provider.requests.at(-1)!.body.input).toEqual([sent]);
      expect(embedder.minimumSimilarity).toBe(minimumSimilarity);
    }
  });

  it('names its model, and finds ollama with and without /v1', async () => {
    expect(ollama().model).toBe('ollama/nomic-embed-text');
    expect(compatible().model).toBe('openai-compatible/bge-small');
    await ollama({ baseUrl: `${provider.ollamaUrl}/v1/` }).embedQuery('x');
    expect(provider.requests[0]!.url).toBe('/v1/embeddings');
  });

  it('pads shorter vectors with zeros', async () => {
    provider.scriptEmbeddings(embedsWith(384));
    const vector = await compatible().embedQuery('cats');
    expect(vector).toHaveLength(768);
    expect(vector.slice(384).every((number) => number === 0)).toBe(true);
    expect(lengthOf(vector)).toBeCloseTo(1);
  });

  it('refuses longer ones with both lengths', async () => {
    provider.scriptEmbeddings(embedsWith(1024));
    const message = expect.stringMatching(/1024.*768/);
    await expect(compatible().embedQuery('cats')).rejects.toMatchObject({ code: 'PROVIDER_ERROR', message });
  });

  it('refuses an answer with too few vectors', async () => {
    provider.scriptEmbeddings(answersJson({ data: [{ embedding: [1], index: 0 }] }));
    await expect(compatible().embedDocuments(['a', 'b'], undefined, { attempts: 1 })).rejects.toMatchObject({
      code: 'PROVIDER_ERROR',
    });
  });

  /** The texts' vectors have 1 at the place of their number; `item` says how they come. */
  const answersWith = (item: (index: number) => object, order: readonly number[]): Step =>
    answersJson({
      data: order.map((number) => ({ embedding: [0, 1, 2].map((at) => Number(at === number)), ...item(number) })),
    });
  const placesOf = async () =>
    (await compatible().embedDocuments(['a', 'b', 'c'], undefined, { attempts: 1 })).map((vector) =>
      Array.from(vector).indexOf(1),
    );

  it('takes the vectors by their index, and in their order where they have none', async () => {
    provider.scriptEmbeddings(
      answersWith((index) => ({ index }), [2, 0, 1]),
      answersWith(() => ({}), [0, 1, 2]),
    );
    expect(await placesOf()).toEqual([0, 1, 2]);
    expect(await placesOf()).toEqual([0, 1, 2]);
  });

  it.each([
    ['twice the same', () => 0],
    ['one too high', (index: number) => index + 1],
    ['no number', (index: number) => (index === 0 ? null : index)],
  ])('refuses vectors with %s as index', async (_, indexOf) => {
    provider.scriptEmbeddings(answersWith((number) => ({ index: indexOf(number) }), [0, 1, 2]));
    const message = expect.stringContaining('whose they are');
    await expect(placesOf()).rejects.toMatchObject({ code: 'PROVIDER_ERROR', message });
  });

  it('waits for the vector of a query for a bounded time, all attempts included', async () => {
    provider.alwaysEmbed(staysSilent());
    await expect(compatible({ queryMs: 50 }).embedQuery('cats')).rejects.toMatchObject({
      code: 'TIMEOUT',
      retryable: true,
      message:
        "The project's embedding model (openai-compatible/bge-small) did not answer within 0.05 s. Check that it runs, then try again.",
    });
    provider.alwaysEmbed(fails(503));
    await expect(compatible({ queryMs: 50 }).embedQuery('cats')).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('tries again after 429 and 500', async () => {
    provider.scriptEmbeddings(rateLimited(0), breaksDown(503));
    expect(await compatible().embedQuery('cats')).toHaveLength(768);
    expect(provider.requests).toHaveLength(3);
  });

  it('is tried four times for texts, three times for a query, and not where it is to wait for more than 5 minutes, or 5 seconds', async () => {
    const asked = async (failure: Step, embed: () => Promise<unknown>): Promise<number> => {
      provider.reset();
      provider.alwaysEmbed(failure);
      await expect(embed()).rejects.toMatchObject({ retryable: true });
      return provider.requests.length;
    };
    const texts = () => compatible().embedDocuments(['cats']);
    const query = () => compatible().embedQuery('cats');
    expect([await asked(breaksDown(), texts), await asked(breaksDown(), query)]).toEqual([4, 3]);
    expect([await asked(rateLimited(301), texts), await asked(rateLimited(6), query)]).toEqual([1, 1]);
  });

  it('does not try again when the key is refused', async () => {
    provider.scriptEmbeddings(fails(401));
    const message = expect.stringContaining('OPENAI_COMPATIBLE_API_KEY');
    await expect(compatible().embedQuery('cats')).rejects.toMatchObject({ code: 'AUTH', message });
    expect(provider.requests).toHaveLength(1);
  });

  it('needs a key for openai before any call', async () => {
    const openai = compatible({ provider: 'openai', model: 'text-embedding-3-small' });
    expect(openai.model).toBe('openai/text-embedding-3-small');
    const message = expect.stringContaining('OPENAI_API_KEY');
    await expect(openai.embedQuery('cats')).rejects.toMatchObject({ code: 'AUTH', message });
    expect(provider.requests).toHaveLength(0);
  });

  it.each([
    [fails(400), 'The provider refused the request, check EMBEDDING_MODEL and EMBEDDING_BASE_URL (HTTP 400).'],
    [fails(404), 'The provider has nothing at this address (HTTP 404). Check EMBEDDING_BASE_URL.'],
    [
      fails(404, { message: 'no such model' }),
      'The provider has no model bge-small (HTTP 404). Check EMBEDDING_MODEL.',
    ],
    [fails(413), 'The text is too long for the model. Set EMBEDDING_MODEL to one that takes longer texts.'],
    [sendsHtml(), 'The provider answered with something other than JSON or an event stream. Check EMBEDDING_BASE_URL.'],
    [
      answersJson({ data: [{ embedding: [0.5, null], index: 0 }] }),
      'The embedding model gives no list of vectors. Check EMBEDDING_MODEL and EMBEDDING_BASE_URL.',
    ],
  ])('says which of its settings to check (%#)', async (failure, message) => {
    provider.alwaysEmbed(failure);
    await expect(compatible().embedQuery('cats')).rejects.toMatchObject({ retryable: false, message });
    expect(provider.requests).toHaveLength(1);
  });

  it('says where nobody listens', async () => {
    const gone = await startScriptedProvider();
    await gone.stop();
    const embedder = ollama({ baseUrl: gone.ollamaUrl, hosts: [parseHostEntry(gone.hostEntry)!] });
    await expect(embedder.embedDocuments(['cats'], undefined, { attempts: 1 })).rejects.toMatchObject({
      code: 'NETWORK',
      message: `Ollama at http://${gone.hostEntry} could not be reached. Check that it runs, then try again.`,
    });
  });

  it('reaches no host that is not listed, and follows no redirect', async () => {
    await expect(compatible({ hosts: [] }).embedQuery('cats')).rejects.toMatchObject({ code: 'NETWORK' });
    expect(provider.requests).toHaveLength(0);
    provider.scriptEmbeddings(redirectsTo(`${provider.baseUrl}/elsewhere`));
    await expect(compatible().embedQuery('cats')).rejects.toMatchObject({ code: 'NETWORK' });
    expect(provider.requests).toHaveLength(1);
  });

  it('stops the request when it is aborted, and throws the reason', async () => {
    provider.scriptEmbeddings(staysSilent());
    const controller = new AbortController();
    const embedding = compatible().embedDocuments(['cats'], controller.signal);
    await provider.untilRequests(1);
    controller.abort(new Error('cancelled'));
    await expect(embedding).rejects.toThrow('cancelled');
    await provider.untilAborted(1);
  });

  it('calls no one for no text', async () => {
    expect(await compatible().embedDocuments([])).toEqual([]);
    expect(provider.requests).toHaveLength(0);
  });

  it('cannot be made for an openai-compatible server without its address', () => {
    expect(() => compatible({ baseUrl: null })).toThrow('base URL');
  });
});
