import { ConversationFallback } from './conversation/conversation-fallback.entity.js';
import { Conversation } from './conversation/conversation.entity.js';
import { Message, StoredAnswerEvent } from './conversation/message.entity.js';
import { Chunk } from './document/chunk.entity.js';
import { DocumentTerm } from './document/document-term.entity.js';
import { Document } from './document/document.entity.js';
import { Embedding } from './document/embedding.entity.js';
import { EvaluationQuestion } from './evaluation/evaluation-question.entity.js';
import { EvaluationResult } from './evaluation/evaluation-result.entity.js';
import { EvaluationRun } from './evaluation/evaluation-run.entity.js';
import { EvaluationSet } from './evaluation/evaluation-set.entity.js';
import { LLMProvider } from './llm-provider/llm-provider.entity.js';
import { EmbeddingModel } from './platform/embedding/embedding-model.entity.js';
import { IdempotencyKey } from './platform/graphql/idempotency-key.entity.js';
import { ProjectDoc } from './project-doc/project-doc.entity.js';
import { SyncRunFile } from './project-doc/sync-run-file.entity.js';
import { SyncRun } from './project-doc/sync-run.entity.js';
import { TakenDelivery } from './project-doc/taken-delivery.entity.js';
import { Project } from './project/project.entity.js';
import { Reembedding } from './reembedding/reembedding.entity.js';
import { TermSpace } from './term-space/term-space.entity.js';

/** What `node` finds, by the names of the types. */
export const NODES = {
  Project,
  ProjectDoc,
  Reembedding,
  SyncRun,
  Document,
  Chunk,
  LLMProvider,
  Conversation,
  Message,
  EvaluationSet,
  EvaluationQuestion,
  EvaluationRun,
};

/** Every table. */
export const ENTITIES = [
  ...Object.values(NODES),
  DocumentTerm,
  Embedding,
  SyncRunFile,
  TermSpace,
  EmbeddingModel,
  TakenDelivery,
  ConversationFallback,
  StoredAnswerEvent,
  EvaluationResult,
  IdempotencyKey,
];
