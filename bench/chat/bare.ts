import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText } from 'ai';

import { atRate, markOf } from './pace.js';

/**
 * What an answer cannot do without: the AI SDK alone, which reads each answer to its end and keeps nothing. Prints the
 * milliseconds to each first token, and what the answers cost, as JSON.
 */
export interface BareAnswers {
  firstTokens: number[];
  deltas: number;
  cpuMs: number;
}

const [baseURL = '', model = '', prompt = '', count = '', perSecond = ''] = process.argv.slice(2);
const provider = createOpenAICompatible({ name: 'bench', baseURL, includeUsage: true });
let deltas = 0;

async function answer(ask: number): Promise<number> {
  const began = performance.now();
  let firstToken = 0;
  const { textStream } = streamText({ model: provider(model), prompt: `${prompt} ${markOf(ask)}`, maxRetries: 0 });
  for await (const text of textStream) {
    firstToken ||= performance.now() - began;
    if (text !== '') deltas += 1;
  }
  return firstToken;
}

// What only the first ones cost, like compiling, is nobody's to pay later.
await atRate(10, 10, answer);
deltas = 0;
const before = process.cpuUsage();
const firstTokens = await atRate(Number(count), Number(perSecond), answer);
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ firstTokens, deltas, cpuMs: (user + system) / 1000 } satisfies BareAnswers));
