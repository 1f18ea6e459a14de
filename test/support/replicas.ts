import { setTimeout as pause } from 'node:timers/promises';

import { startChat, type Asked, type Chat, KEY } from './chat.js';
import { subscribeSse, subscribeWs } from './graphql-clients.js';
import { createServiceHome, type Service, type ServiceHome } from './service-process.js';
import type { Values } from './test-app.js';
import { until } from './until.js';

/** A process of the service, with what a chat needs. */
export interface Replica extends Service {
  /** A question in a new conversation. */
  ask(content: string): Promise<Asked>;
  message(id: string): Promise<Values>;
  /** The message once it has come to that. */
  until(id: string, reached: (message: Values) => boolean): Promise<Values>;
}

/** Processes of the service on one database, with a synced project and a scripted provider for all of them. */
export interface Replicas {
  /** What is not a process: the provider, the project, the git host. */
  readonly chat: Chat;
  readonly databaseUrl: string;
  start(env?: Record<string, string>): Promise<Replica>;
  /** Kills what still runs. */
  stop(): Promise<void>;
}

export interface Follower {
  readonly events: Values[];
  /** How often it has connected so far. */
  readonly connections: number;
  /** The events, once the answer has ended, or is gone. */
  readonly done: Promise<Values[]>;
}

const FOLLOW = `subscription($id: ID!, $afterSeq: Int) {
  answerEvents(messageId: $id, afterSeq: $afterSeq) {
    __typename seq
    ... on AnswerDelta { offset text }
    ... on AnswerEnded { message { status content usage { inputTokens outputTokens } error { code retryable } } }
  }
}`;

export async function startReplicas(): Promise<Replicas> {
  const home: ServiceHome = await createServiceHome();
  const chat = await startChat({ home });
  await chat.app.stop();
  const started: Service[] = [];
  return {
    chat,
    databaseUrl: home.databaseUrl!,
    async start(env) {
      const service = await home.start({
        GIT_HOSTS: chat.host.hostEntry,
        LLM_HOSTS: chat.provider.hostEntry,
        OPENAI_COMPATIBLE_API_KEY: KEY,
        ...env,
      });
      started.push(service);
      return replicaOf(service, chat.project.projectId);
    },
    async stop() {
      for (const service of started) service.signal('SIGKILL');
      await Promise.all(started.map(({ exited }) => exited));
      await chat.stop();
      await home.remove();
    },
  };
}

function replicaOf(service: Service, projectId: string): Replica {
  async function message(id: string): Promise<Values> {
    const fields = 'id status content error { code retryable } usage { inputTokens outputTokens }';
    return (await service.query(`query($id: ID!) { message(id: $id) { ${fields} } }`, { id })).message;
  }
  return {
    ...service,
    message,
    async ask(content) {
      const selection = 'conversation { id } userMessage { id } assistantMessage { id }';
      const made = await service.mutate('createConversation', selection, { projectId, message: content });
      return {
        conversationId: made.conversation.id,
        questionId: made.userMessage.id,
        answerId: made.assistantMessage.id,
      };
    },
    until: (id, reached) => until(() => message(id), reached),
  };
}

/** Follows an answer to its end, as a careful client does: one that loses its connection goes on elsewhere where it was. */
export function follow(id: string, url: () => string, over: 'ws' | 'sse' = 'ws'): Follower {
  const events: Values[] = [];
  const state = { connections: 0 };
  async function connect(): Promise<void> {
    state.connections += 1;
    const variables = { id, afterSeq: events.at(-1)?.seq ?? 0 };
    const results = (over === 'ws' ? subscribeWs : subscribeSse)(url(), FOLLOW, variables);
    for await (const { data, errors } of results) {
      if (errors?.some(({ extensions }) => extensions.code === 'NOT_FOUND')) throw new Gone();
      if (data) events.push(data.answerEvents);
    }
  }
  async function toTheEnd(): Promise<Values[]> {
    while (events.at(-1)?.__typename !== 'AnswerEnded') {
      const fault = await connect().catch((error: unknown) => error);
      if (fault instanceof Gone) break;
      await pause(20);
    }
    return events;
  }
  return {
    events,
    get connections() {
      return state.connections;
    },
    done: toTheEnd(),
  };
}

class Gone extends Error {}
