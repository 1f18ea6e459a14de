import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { askIn, listTokens, now, TOKENS_PER_SECOND } from './pace.js';

/**
 * A provider in a process of its own that speaks OpenAI's protocol: each answer has as many tokens as its model's name says
 * (`tokens-500`), one every 20 ms. Prints its port; `GET /closed` says when clients gave up which asks.
 */
const closed: Record<number, number> = {};

const server = createServer(async (request, response) => {
  if (request.url === '/closed') {
    response.end(JSON.stringify(closed));
    return;
  }
  const { model, messages } = JSON.parse(await read(request));
  const ask = askIn(JSON.stringify(messages.at(-1).content));
  response.on('close', () => {
    if (!response.writableFinished) closed[ask] = now();
  });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (choices: object[], usage?: object): void => {
    const chunk = { id: `answer-${ask}`, object: 'chat.completion.chunk', created: 0, model, choices, usage };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const began = now();
  const tokens = listTokens(Number(model.split('-')[1]));
  for (const [index, content] of tokens.entries()) {
    // By the clock, so that one late token does not make all after it late.
    await pause(Math.max(0, began + ((index + 1) * 1000) / TOKENS_PER_SECOND - now()));
    if (response.destroyed) return;
    send([{ index: 0, delta: { content }, finish_reason: null }]);
  }
  const usage = { prompt_tokens: 1_000, completion_tokens: tokens.length, total_tokens: 1_000 + tokens.length };
  send([{ index: 0, delta: {}, finish_reason: 'stop' }], usage);
  response.end('data: [DONE]\n\n');
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
