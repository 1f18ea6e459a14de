import 'reflect-metadata';
import { expect, it } from '@jest/globals';

import type { Context } from '../../src/context.js';
import { readReply } from '../../src/conversation/answering/read-reply.js';
import type { Prompt } from '../../src/platform/llm/prompt.js';

const model = {
  providerName: 'openai-compatible',
  modelName: 'm',
  apiConfig: { contextWindow: 1_000, maxTokens: 100 },
};

async function* streamAnswer() {
  yield { type: 'delta', text: 'Yes.' };
}

function ask(...messages: Prompt['messages']): Promise<string> {
  const ctx = { models: { streamAnswer } } as unknown as Context;
  return readReply(ctx, model, { system: 'Be brief.', messages }, 100, new AbortController().signal);
}

it('asks nothing that does not fit into the window with its answer, whichever message is too long', async () => {
  const short = { role: 'user', content: 'Is it so?' } as const;
  expect(await ask(short, short)).toBe('Yes.');
  const long = { role: 'user', content: 'a'.repeat(2_700) } as const;
  const refusal = 'The request does not fit into the window of the model';
  await expect(ask(long, short)).rejects.toThrow(refusal);
  await expect(ask(short, long)).rejects.toThrow(refusal);
});
