import type { Context } from '../../context.js';
import type { LLMProvider } from '../../llm-provider/llm-provider.entity.js';
import type { Retrieved } from '../answering/answer-records.js';
import { findSources } from './find-sources.js';
import { type MessageRetrieval, RetrievalCut, RetrievalOrigin } from '../message-retrieval.js';
import { type AskedQuestion, retrievalQueries } from './retrieval-queries.js';

/** What carries an answer to a question within its conversation, and how it was found. */
export async function retrieve(
  ctx: Context,
  asked: AskedQuestion,
  provider: LLMProvider | null,
  signal: AbortSignal,
): Promise<Retrieved> {
  const isFollowUp = asked.history.length > 0;
  const retrieval: MessageRetrieval = { queries: [], origin: RetrievalOrigin.QUESTION, candidates: [] };
  for await (const { text, origin } of retrievalQueries(ctx, asked, provider, signal)) {
    if (retrieval.queries.includes(text)) continue;
    const { sources, candidates } = await findSources(ctx, asked.projectId, text, isFollowUp, signal);
    retrieval.queries.push(text);
    Object.assign(retrieval, { origin, candidates });
    if (sources.length > 0) return { sources, retrieval };
  }
  return { sources: [], retrieval };
}

/** Without the sources beyond the first `count`, for which the model has no room. */
export function keepFitting({ sources, retrieval }: Retrieved, count: number): Retrieved {
  const candidates = retrieval.candidates.map((candidate) =>
    (candidate.sourceIndex ?? 0) > count
      ? { ...candidate, sourceIndex: null, cut: RetrievalCut.PROMPT_BUDGET }
      : candidate,
  );
  return { sources: sources.slice(0, count), retrieval: { ...retrieval, candidates } };
}
