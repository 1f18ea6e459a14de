import { expect } from '@jest/globals';

import { type Asked, type Chat, QUESTION } from './chat.js';
import { answers } from './scripted-provider.js';
import type { Values } from './test-app.js';

export const SECOND = 'When does the nightly backup run?';

/** Two questions, answered with "First [1]." and "Second [1].". */
export async function buildTwoTurns(chat: Chat): Promise<{ first: Asked; second: Asked; conversationId: string }> {
  chat.provider.script(answers('First [1].'), answers('Second [1].'));
  const first = await chat.ask(QUESTION);
  await chat.untilEnded(first.answerId);
  const second = await chat.send(first.conversationId, SECOND);
  await chat.untilEnded(second.answerId);
  return { first, second, conversationId: first.conversationId };
}

/** The contents of the branch that a conversation shows, which has to hang together. */
export async function shownIn(chat: Chat, conversationId: string): Promise<string[]> {
  const document =
    'query($id: ID!) { conversation(id: $id) { messages { nodes { content parent { content } } totalCount } } }';
  const { nodes, totalCount } = (await chat.app.query(document, { id: conversationId })).conversation.messages;
  expect(totalCount).toBe(nodes.length);
  expect(nodes.map(({ parent }: Values) => parent?.content ?? null)).toEqual([
    null,
    ...nodes.slice(0, -1).map(({ content }: Values) => content),
  ]);
  return nodes.map(({ content }: Values) => content);
}

/** The turns that reached the provider with its last request, the question without what is around it. */
export function lastPrompt(chat: Chat): string[] {
  return chat.provider.requests
    .at(-1)!
    .body.messages.slice(1)
    .map(({ content }: Values) => /<question>\n(.*)\n/.exec(content)?.[1] ?? content);
}
