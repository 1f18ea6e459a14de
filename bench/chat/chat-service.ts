import { subscribeWs } from '../../test/support/graphql-clients.js';
import type { Service } from '../../test/support/service-process.js';
import type { Values } from '../../test/support/test-app.js';
import { measure } from '../sync/measured-service.js';
import { markOf, now } from './pace.js';

/** One answer, as its one subscriber saw it. Milliseconds since the question was sent. */
export interface FollowedAnswer {
  sources: number;
  firstToken: number;
  events: Values[];
}

export interface ChatService {
  /** Asks in a new conversation and follows the answer to its end; `onAnswer` is told its id. */
  answer(ask: number, onAnswer?: (messageId: string) => void): Promise<FollowedAnswer>;
  /** When the request to stop it was sent, by the shared clock. */
  stop(messageId: string): Promise<number>;
}

const FOLLOW = `subscription($id: ID!) {
  answerEvents(messageId: $id) {
    __typename seq
    ... on AnswerSourcesFound { sources { index filePath url } }
    ... on AnswerDelta { offset text }
    ... on AnswerCitationFound { citation { sourceIndex answerStart answerEnd quote verdict } }
    ... on AnswerEnded { message { status content } }
  }
}`;

/** Syncs the repository, and makes the provider's model that says so many tokens. */
export async function prepareChat(
  service: Service,
  { repository, baseUrl, tokens, question }: { repository: string; baseUrl: string; tokens: number; question: string },
): Promise<ChatService> {
  const measured = measure(service);
  const projectDocId = await measured.follow('chat', repository);
  await measured.sync(projectDocId);
  const { projectDoc } = await service.query('query($id: ID!) { projectDoc(id: $id) { project { id } } }', {
    id: projectDocId,
  });
  const input = { providerName: 'openai-compatible', modelName: `tokens-${tokens}`, apiConfig: { baseUrl } };
  const { llmProvider } = await service.mutate('createLLMProvider', 'llmProvider { id }', input);
  const model = { projectId: projectDoc.project.id, llmProviderId: llmProvider.id };
  return {
    async answer(ask, onAnswer) {
      const began = performance.now();
      const input = { ...model, message: `${question} ${markOf(ask)}` };
      const asked = await service.mutate('createConversation', 'assistantMessage { id }', input);
      const messageId: string = asked.assistantMessage.id;
      onAnswer?.(messageId);
      const answer: FollowedAnswer = { sources: 0, firstToken: 0, events: [] };
      for await (const { data, errors } of subscribeWs(service.url, FOLLOW, { id: messageId })) {
        if (errors) throw new Error(JSON.stringify(errors));
        const event = data.answerEvents;
        if (event.__typename === 'AnswerSourcesFound') answer.sources = performance.now() - began;
        if (event.__typename === 'AnswerDelta') answer.firstToken ||= performance.now() - began;
        answer.events.push(event);
      }
      return answer;
    },
    async stop(id) {
      const sent = now();
      await service.mutate('stopMessage', 'message { status }', { id });
      return sent;
    },
  };
}
