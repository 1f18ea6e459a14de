import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type Chat, KEY, QUESTION, startChat } from './support/chat.js';
import { answers, type Step, staysSilent } from './support/scripted-provider.js';
import { syncToEnd } from './support/sync-bench.js';

let chat: Chat;
beforeAll(async () => void (chat = await startChat()));
afterEach(() => chat.provider.reset());
afterAll(() => chat.stop());

const TEXT = 'Run npm install ibid-demo [1].';
const PASSAGE = '# Installation\n\nIntro.\n\n## With npm\n\nRun `npm install ibid-demo` to install the program.';

/** A complete answer of these deltas, as they are; without a word about usage. */
function streams(...deltas: string[]): Step {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (delta: object, finish: string | null) =>
      response.write(`data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
    for (const content of deltas) send({ content }, null);
    send({}, 'stop');
    response.end('data: [DONE]\n\n');
  };
}

describe('an answer', () => {
  it('holds what the provider wrote, what it cost, and who answered', async () => {
    chat.provider.script(answers(TEXT));
    const { answerId } = await chat.ask(QUESTION);
    expect(await chat.untilEnded(answerId)).toMatchObject({
      role: 'ASSISTANT',
      content: TEXT,
      status: 'COMPLETE',
      outcome: 'ANSWERED',
      error: null,
      usage: { inputTokens: 7, outputTokens: 5 },
      llmProvider: { id: chat.llmProviderId },
      rating: null,
    });
  });

  it('tells whether its model stopped at its limit of tokens', async () => {
    chat.provider.script(answers(TEXT, { finishReason: 'length' }), answers(TEXT));
    const { answerId, conversationId } = await chat.ask(QUESTION);
    const ended = { status: 'COMPLETE', outcome: 'ANSWERED', content: TEXT, error: null };
    expect(await chat.untilEnded(answerId)).toMatchObject({ ...ended, truncated: true });
    const next = await chat.send(conversationId, QUESTION);
    expect(await chat.untilEnded(next.answerId)).toMatchObject({ ...ended, truncated: false });
    expect(await chat.message(next.questionId)).toMatchObject({ truncated: false });
  });

  it('pins its sources to their commit, path and lines, with the text that was used', async () => {
    const { answerId } = await chat.ask(QUESTION);
    const { sources } = await chat.untilEnded(answerId);
    const { commitSha, repository } = chat.project;
    const name = repository.directory.split('/').slice(-2).join('/').replace('.git', '');
    expect(sources).toEqual([
      {
        index: 1,
        filePath: 'docs/install.md',
        fileName: 'install.md',
        headerAnchor: 'installation',
        score: 1,
        similarityScore: expect.any(Number),
        startLine: 1,
        endLine: 7,
        commitSha,
        url: `${chat.host.url(name)}/blob/${commitSha}/docs/install.md#L1-L7`,
        chunkText: PASSAGE,
        isStale: false,
        document: { id: expect.any(String), filePath: 'docs/install.md' },
        chunk: { id: expect.any(String), chunkText: PASSAGE },
      },
    ]);
  });

  it('keeps its sources as they were when the repository goes on', async () => {
    const { answerId } = await chat.ask(QUESTION);
    const before = await chat.untilEnded(answerId);
    await chat.project.repository.commit({ 'docs/install.md': '# Installation\n\nUse npm to install the program.\n' });
    await syncToEnd(chat.app, chat.project);
    const [changed] = (await chat.message(answerId)).sources;
    expect(changed).toEqual({ ...before.sources[0], chunk: null, isStale: true });

    await chat.project.repository.rename('docs/install.md', 'guide/start.md');
    await syncToEnd(chat.app, chat.project);
    const [moved] = (await chat.message(answerId)).sources;
    const { id } = before.sources[0].document;
    expect(moved).toEqual({ ...changed, document: { id, filePath: 'guide/start.md' } });

    await chat.project.repository.commit({ 'guide/start.md': null });
    await syncToEnd(chat.app, chat.project);
    const [gone] = (await chat.message(answerId)).sources;
    expect(gone).toEqual({ ...before.sources[0], chunk: null, document: null, isStale: true });

    await chat.project.repository.commit({ 'docs/install.md': `${PASSAGE}\n` });
    await syncToEnd(chat.app, chat.project);
  });

  it('has sources that are stale once their text is not in the file any more, and not before', async () => {
    const { answerId } = await chat.ask(QUESTION);
    await chat.untilEnded(answerId);
    const staleAfter = async (changes: Record<string, string | null> | null) => {
      if (changes) await chat.project.repository.commit(changes);
      else await chat.project.repository.rename('docs/install.md', 'guide/install.md');
      await syncToEnd(chat.app, chat.project);
      return (await chat.message(answerId)).sources.map(({ isStale }: { isStale: boolean }) => isStale);
    };
    const elsewhere = `## Elsewhere\n\n${'The colour of the logo is blue, and it was drawn in a week by a friend. '.repeat(60)}\n`;
    expect(await staleAfter(null)).toEqual([false]);
    expect(await staleAfter({ 'guide/install.md': `${PASSAGE}\n\n${elsewhere}` })).toEqual([false]);
    expect(await staleAfter({ 'guide/install.md': `${PASSAGE}\n\n## New\n\nA section.\n` })).toEqual([false]);
    expect(await staleAfter({ 'guide/install.md': `${PASSAGE.replace('npm i', 'npm add i')}\n` })).toEqual([true]);
    expect(await staleAfter({ 'guide/install.md': `${PASSAGE}\n` })).toEqual([false]);
    expect(await staleAfter({ 'guide/install.md': null, 'docs/install.md': `${PASSAGE} Enjoy.\n` })).toEqual([true]);
    await staleAfter({ 'docs/install.md': `${PASSAGE}\n` });
  });

  it('has no usage where the provider tells none', async () => {
    chat.provider.script(streams('Yes [1].'));
    const { answerId } = await chat.ask(QUESTION);
    expect(await chat.untilEnded(answerId)).toMatchObject({ content: 'Yes [1].', outcome: 'ANSWERED', usage: null });
  });

  it('may be a megabyte long', async () => {
    const line = `${'A long line of an answer. 🙂 '.repeat(38)}\n`;
    const lines = Array.from({ length: 1000 }, () => line);
    chat.provider.script(streams(...lines));
    const { answerId } = await chat.ask(QUESTION);
    const { status, content } = await chat.untilEnded(answerId);
    expect(status).toBe('COMPLETE');
    expect(Buffer.byteLength(content)).toBeGreaterThan(1_000_000);
    expect(content === lines.join('')).toBe(true);
  });

  it('loses only what no text can hold: NUL, and halves of characters', async () => {
    chat.provider.script(streams('a\0b \ud83d', '\ude00 \ude00 \ud83d', 'c', ' end\ud83d'));
    const { answerId } = await chat.ask(QUESTION);
    expect(await chat.untilEnded(answerId)).toMatchObject({
      status: 'COMPLETE',
      content: 'ab 😀 \ufffd \ufffdc end\ufffd',
    });
  });

  it('comes to its end when its provider is deleted meanwhile', async () => {
    const doomed = await chat.createModel({});
    chat.provider.script(answers(TEXT, { delayMs: 100 }));
    const { answerId, conversationId } = await chat.ask(QUESTION, doomed);
    await chat.provider.untilRequests(1);
    await chat.app.mutate('updateConversation', 'conversation { id }', {
      id: conversationId,
      llmProviderId: chat.llmProviderId,
    });
    expect((await chat.app.mutate('deleteLLMProvider', 'deletedId', { id: doomed })).deletedId).toBe(doomed);
    expect(await chat.untilEnded(answerId)).toMatchObject({ status: 'COMPLETE', content: TEXT, llmProvider: null });
  });

  it('is one of several that are generated at once', async () => {
    chat.provider.script(...Array.from({ length: 8 }, () => answers(TEXT, { delayMs: 30 })));
    const asked = await Promise.all(Array.from({ length: 8 }, () => chat.ask(QUESTION)));
    const ended = await Promise.all(asked.map(({ answerId }) => chat.untilEnded(answerId)));
    expect(ended.map(({ status, content }) => ({ status, content }))).toEqual(
      asked.map(() => ({ status: 'COMPLETE', content: TEXT })),
    );
  });
});

describe('sendMessage', () => {
  it('lets one of two that come at once through', async () => {
    const { conversationId, answerId } = await chat.ask(QUESTION);
    await chat.untilEnded(answerId);
    chat.provider.script(staysSilent(), staysSilent());
    const sent = await Promise.all(
      ['One?', 'Two?'].map((content) =>
        chat.app.mutate('sendMessage', 'assistantMessage { id }', {
          conversationId,
          content: `${QUESTION} ${content}`,
        }),
      ),
    );
    expect(sent.map(({ userErrors }) => userErrors[0]?.code ?? null).sort()).toEqual(['CONFLICT', null]);
    const { id } = sent.find(({ assistantMessage }) => assistantMessage)!.assistantMessage;
    await chat.app.mutate('stopMessage', 'message { id }', { id });
  });
});

describe('the request to the provider', () => {
  it('carries the settings and the key', async () => {
    const settings = { temperature: 0.5, topP: 0.9, maxTokens: 100, seed: 7, stop: ['END'] };
    const { answerId } = await chat.ask(QUESTION, await chat.createModel(settings));
    await chat.untilEnded(answerId);
    expect(chat.provider.requests).toHaveLength(1);
    const { url, headers, body } = chat.provider.requests[0]!;
    expect(url).toBe('/v1/chat/completions');
    expect(headers.authorization).toBe(`Bearer ${KEY}`);
    expect(body).toMatchObject({
      model: expect.stringMatching(/^scripted-\d+$/),
      stream: true,
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 100,
      seed: 7,
      stop: ['END'],
    });
  });

  it('can be read with its sources while it is under way', async () => {
    chat.provider.script(staysSilent({ after: 'Slowly' }));
    const { answerId } = await chat.ask(QUESTION);
    expect(await chat.untilContent(answerId, 'Slowly')).toMatchObject({
      status: 'GENERATING',
      outcome: null,
      usage: null,
      sources: [{ filePath: 'docs/install.md' }],
    });
    await chat.app.mutate('stopMessage', 'message { id }', { id: answerId });
  });
});
