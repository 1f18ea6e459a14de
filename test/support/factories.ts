import { ConversationFallback } from '../../src/conversation/conversation-fallback.entity.js';
import { Conversation } from '../../src/conversation/conversation.entity.js';
import { Message } from '../../src/conversation/message.entity.js';
import type { MessageAttempt } from '../../src/conversation/message-attempt.js';
import { AttemptOutcome, MessageRole, MessageStatus } from '../../src/conversation/message.enums.js';
import { Chunk } from '../../src/document/chunk.entity.js';
import { Document } from '../../src/document/document.entity.js';
import { storeVectors } from '../../src/document/embeddings.js';
import { EvaluationQuestion } from '../../src/evaluation/evaluation-question.entity.js';
import { EvaluationResult } from '../../src/evaluation/evaluation-result.entity.js';
import { EvaluationRun } from '../../src/evaluation/evaluation-run.entity.js';
import { EvaluationGranularity, EvaluationRunStatus } from '../../src/evaluation/evaluation-run.settings.js';
import { EvaluationSet } from '../../src/evaluation/evaluation-set.entity.js';
import { LLMProvider } from '../../src/llm-provider/llm-provider.entity.js';
import { newId } from '../../src/platform/database/columns.js';
import { CUT_VERSION } from '../../src/platform/passages/cut-file.js';
import { digestText } from '../../src/platform/text/digest.js';
import { ProjectDoc, SourceKind, SyncStatus } from '../../src/project-doc/project-doc.entity.js';
import { SyncFileOutcome, SyncRunFile } from '../../src/project-doc/sync-run-file.entity.js';
import { SyncRun, SyncRunStatus } from '../../src/project-doc/sync-run.entity.js';
import { Project } from '../../src/project/project.entity.js';
import { Reembedding, ReembeddingStatus } from '../../src/reembedding/reembedding.entity.js';
import type { TestApp } from './test-app.js';

/**
 * Rows as the service writes them, put straight into the database: for tests of what is read. Each factory takes the values that
 * matter to its test and returns the row; names and paths are unique where they are not given.
 */
async function insert<Row extends object>(app: TestApp, entity: new () => Row, row: Row): Promise<Row> {
  await app.app.services.database.fork().insert(entity as new () => object, row);
  return row;
}

export function buildProject(app: TestApp, values: Partial<Project> = {}): Promise<Project> {
  const id = newId();
  const now = new Date();
  return insert(app, Project, {
    id,
    name: `Project ${id}`,
    description: null,
    embeddingModel: app.app.services.embedder.model,
    citationJudgeId: null,
    maxTokens: null,
    inputTokens: 0,
    outputTokens: 0,
    createdAt: now,
    updatedAt: now,
    ...values,
  });
}

export function buildProjectDoc(
  app: TestApp,
  values: Pick<ProjectDoc, 'projectId'> & Partial<ProjectDoc>,
): Promise<ProjectDoc> {
  const now = new Date();
  return insert(app, ProjectDoc, {
    id: newId(),
    name: 'Documentation',
    description: null,
    sourceKind: SourceKind.GIT,
    githubUrl: 'https://github.com/owner/repository',
    githubFolderPath: null,
    branch: null,
    language: null,
    lastSyncedAt: null,
    lastGithubCommitDate: null,
    lastGithubCommitSha: null,
    syncStatus: SyncStatus.NOT_SYNCED,
    syncAgain: false,
    polledAt: null,
    repositoryKey: null,
    createdAt: now,
    updatedAt: now,
    ...values,
  });
}

export function buildSyncRun(app: TestApp, values: Pick<SyncRun, 'projectDocId'> & Partial<SyncRun>): Promise<SyncRun> {
  return insert(app, SyncRun, {
    id: newId(),
    status: SyncRunStatus.SUCCEEDED,
    commitSha: null,
    startedAt: new Date(),
    finishedAt: new Date(),
    filesTotal: 0,
    filesProcessed: 0,
    filesAdded: 0,
    filesUpdated: 0,
    filesRenamed: 0,
    filesDeleted: 0,
    filesUnchanged: 0,
    filesSkipped: 0,
    filesFailed: 0,
    chunksEmbedded: 0,
    error: null,
    heartbeatAt: null,
    createdAt: new Date(),
    ...values,
  } as SyncRun);
}

export function buildReembedding(
  app: TestApp,
  values: Pick<Reembedding, 'projectId'> & Partial<Reembedding>,
): Promise<Reembedding> {
  return insert(app, Reembedding, {
    id: newId(),
    status: ReembeddingStatus.SUCCEEDED,
    fromModel: 'builtin/old',
    toModel: app.app.services.embedder.model,
    rollsBackId: null,
    chunksTotal: 0,
    chunksDone: 0,
    chunksEmbedded: 0,
    error: null,
    startedAt: new Date(),
    finishedAt: new Date(),
    keptUntil: null,
    attempt: 1,
    heartbeatAt: null,
    createdAt: new Date(),
    ...values,
  });
}

export function buildSyncRunFile(
  app: TestApp,
  values: Pick<SyncRunFile, 'syncRunId' | 'position'> & Partial<SyncRunFile>,
): Promise<SyncRunFile> {
  const id = newId();
  return insert(app, SyncRunFile, {
    id,
    path: `docs/${id}.md`,
    previousPath: null,
    outcome: SyncFileOutcome.ADDED,
    reason: null,
    documentId: null,
    ...values,
  });
}

export function buildDocument(
  app: TestApp,
  values: Pick<Document, 'projectId' | 'projectDocId'> & Partial<Document>,
): Promise<Document> {
  const id = newId();
  const filePath = values.filePath ?? `docs/${id}.md`;
  const now = new Date();
  return insert(app, Document, {
    id,
    filePath,
    fileName: filePath.split('/').at(-1)!,
    title: 'A document',
    fileType: 'md',
    fileSize: 11,
    content: '# A document',
    metadata: null,
    language: 'en',
    passageCount: 0,
    termCount: 0,
    cutVersion: CUT_VERSION,
    blobSha: 'b'.repeat(40),
    commitSha: 'c'.repeat(40),
    createdAt: now,
    updatedAt: now,
    ...values,
  });
}

export async function buildChunk(
  app: TestApp,
  {
    vector = Array.from({ length: 768 }, (_, index) => (index === 0 ? 1 : 0)),
    embeddingModel = app.app.services.embedder.model,
    ...values
  }: Pick<Chunk, 'projectId' | 'documentId' | 'chunkIndex'> &
    Partial<Chunk> & { vector?: ArrayLike<number>; embeddingModel?: string },
): Promise<Chunk> {
  const { projectId, textDigest = digestText(values.chunkText ?? 'A passage.') } = values;
  const em = app.app.services.database.fork();
  await storeVectors(em, { projectId, embeddingModel }, new Map([[textDigest, vector]]));
  return insert(app, Chunk, {
    id: newId(),
    chunkText: 'A passage.',
    textDigest,
    headerAnchor: null,
    headerPath: [],
    startLine: 1,
    endLine: 1,
    metadata: null,
    createdAt: new Date(),
    ...values,
  });
}

export function buildLLMProvider(app: TestApp, values: Partial<LLMProvider> = {}): Promise<LLMProvider> {
  const id = newId();
  return insert(app, LLMProvider, {
    id,
    providerName: 'builtin',
    modelName: `model ${id}`,
    isDefault: false,
    apiConfig: {},
    createdAt: new Date(),
    ...values,
  });
}

export async function buildConversation(
  app: TestApp,
  values: Pick<Conversation, 'projectId'> & Partial<Conversation>,
): Promise<Conversation> {
  const now = new Date();
  return insert(app, Conversation, {
    id: newId(),
    llmProviderId: values.llmProviderId ?? (await defaultProviderId(app)),
    title: 'A conversation',
    titleGiven: true,
    inputTokens: 0,
    outputTokens: 0,
    createdAt: now,
    updatedAt: now,
    ...values,
  });
}

export function buildMessage(
  app: TestApp,
  values: Pick<Message, 'conversationId' | 'sequence'> & Partial<Message>,
): Promise<Message> {
  return insert(app, Message, {
    id: newId(),
    active: true,
    selected: true,
    role: MessageRole.USER,
    content: 'A question?',
    status: MessageStatus.COMPLETE,
    error: null,
    outcome: null,
    truncated: false,
    sources: null,
    retrieval: null,
    citations: [],
    attempts: [],
    usage: null,
    llmProviderId: null,
    rating: null,
    ratingComment: null,
    parentId: null,
    heartbeatAt: null,
    createdAt: new Date(),
    ...values,
  });
}

/** Part of a message: what it stores of one that was asked. */
export function buildAttempt(
  { id, providerName = 'openai', modelName = 'some-model' }: { id: string; providerName?: string; modelName?: string },
  values: Partial<MessageAttempt> = {},
): MessageAttempt {
  const at = new Date().toISOString();
  return {
    llmProviderId: id,
    providerName,
    modelName,
    startedAt: at,
    firstTokenAt: null,
    finishedAt: at,
    outcome: AttemptOutcome.COMPLETE,
    error: null,
    inputTokens: null,
    outputTokens: null,
    ...values,
  };
}

/** In one statement: a list of them for each of many conversations that have none. */
export async function buildFallbacks(
  app: TestApp,
  lists: readonly { conversationId: string; llmProviderIds: string[] }[],
): Promise<void> {
  const rows = lists.flatMap(({ conversationId, llmProviderIds }) =>
    llmProviderIds.map((llmProviderId, position) => ({ conversationId, position, llmProviderId })),
  );
  await app.app.services.database.fork().insertMany(ConversationFallback, rows);
}

export function buildEvaluationSet(
  app: TestApp,
  values: Pick<EvaluationSet, 'projectId'> & Partial<EvaluationSet>,
): Promise<EvaluationSet> {
  const now = new Date();
  return insert(app, EvaluationSet, {
    id: newId(),
    name: 'A set',
    description: null,
    createdAt: now,
    updatedAt: now,
    ...values,
  });
}

export function buildEvaluationQuestion(
  app: TestApp,
  values: Pick<EvaluationQuestion, 'setId'> & Partial<EvaluationQuestion>,
): Promise<EvaluationQuestion> {
  return insert(app, EvaluationQuestion, {
    id: newId(),
    text: 'A question?',
    expected: [],
    createdAt: new Date(),
    ...values,
  });
}

export function buildEvaluationRun(
  app: TestApp,
  values: Pick<EvaluationRun, 'setId'> & Partial<EvaluationRun>,
): Promise<EvaluationRun> {
  return insert(app, EvaluationRun, {
    id: newId(),
    status: EvaluationRunStatus.SUCCEEDED,
    mode: 'HYBRID',
    topK: 100,
    minScore: null,
    filter: null,
    granularity: EvaluationGranularity.DOCUMENT,
    questionsTotal: 0,
    questionsDone: 0,
    startedAt: new Date(),
    finishedAt: new Date(),
    createdAt: new Date(),
    ...values,
  } as EvaluationRun);
}

export function buildEvaluationResult(
  app: TestApp,
  values: Pick<EvaluationResult, 'runId' | 'questionId'> & Partial<EvaluationResult>,
): Promise<EvaluationResult> {
  return insert(app, EvaluationResult, {
    id: newId(),
    questionText: 'A question?',
    expected: [],
    ndcgAt10: 0,
    recallAt10: 0,
    reciprocalRank: 0,
    hitCount: 0,
    latencyMs: 1,
    topHits: [],
    ...values,
  });
}

export async function defaultProviderId(app: TestApp): Promise<string> {
  return (await app.app.services.database.fork().findOneOrFail(LLMProvider, { isDefault: true })).id;
}
