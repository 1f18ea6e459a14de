import type { Context } from '../../context.js';
import type { LLMProvider } from '../../llm-provider/llm-provider.entity.js';
import type { PromptMessage } from '../../platform/llm/prompt.js';
import { tokenizeWhole } from '../../platform/text/tokenize.js';
import { parseQuery, toQuery } from '../../search/query.js';
import { readQueryTerms } from '../../search/query-terms.js';
import { carriedWords, type EarlierQuestion, leansOnConversation } from './follow-up.js';
import { RetrievalOrigin } from '../message-retrieval.js';
import { questionWords } from './question-terms.js';
import { rewriteQuestion } from './rewrite-question.js';

/** How many questions back the words of one may come from. */
const MAX_EARLIER = 3;
/** A word that is a stop word in most of the project's pages is ignored. */
const LEAST_MEANING = 0.5;

export interface RetrievalQuery {
  text: string;
  origin: RetrievalOrigin;
}

export interface AskedQuestion {
  projectId: string;
  question: string;
  /** The conversation before it, oldest first. */
  history: readonly PromptMessage[];
}

/**
 * What to search for: the question itself or, where it leans on its conversation, what it means there. Each further
 * query is for the case that the one before found nothing.
 *
 * @param provider that rewrites questions; null, and the builtin one: none
 */
export async function* retrievalQueries(
  ctx: Context,
  asked: AskedQuestion,
  provider: LLMProvider | null,
  signal: AbortSignal,
): AsyncGenerator<RetrievalQuery> {
  const { question, history } = asked;
  const itself = { text: toQuery(question), origin: RetrievalOrigin.QUESTION };
  if (history.length === 0) return yield itself;
  const { words } = await readWords(ctx, asked.projectId, question);
  const own = words.map(({ text }) => text);
  const leans = leansOnConversation(question, own);
  if (leans === false) return yield itself;
  const rewritten =
    provider && provider.providerName !== 'builtin'
      ? await rewriteQuestion(ctx, provider, history, question, signal)
      : null;
  if (rewritten !== null) yield { text: toQuery(rewritten), origin: RetrievalOrigin.LANGUAGE_MODEL };
  const carried = leans ? carriedWords(own, await readEarlier(ctx, asked)) : [];
  if (carried.length === 0) return yield itself;
  yield { text: toQuery(`${question} ${carried.join(' ')}`), origin: RetrievalOrigin.CONVERSATION };
}

/** The questions before this one, the newest first. */
async function readEarlier(ctx: Context, { projectId, history }: AskedQuestion): Promise<EarlierQuestion[]> {
  const questions = history.filter(({ role }) => role === 'user').slice(-MAX_EARLIER);
  return Promise.all(questions.reverse().map(({ content }) => readWords(ctx, projectId, content)));
}

/** Its words that mean something; an identifier that the project does not know, by its parts. */
async function readWords(ctx: Context, projectId: string, text: string): Promise<EarlierQuestion> {
  const query = toQuery(text);
  const asked = questionWords(await readQueryTerms(ctx, projectId, parseQuery(query)));
  const telling = asked.filter(({ meaning }) => meaning >= LEAST_MEANING);
  const known = new Map(telling.map((word) => [word.text, word]));
  const words = tokenizeWhole(query).flatMap(([whole, ...parts]) => {
    const found = [whole!, ...parts].flatMap((word) => known.get(word) ?? []);
    return parts.length === 0 || found[0]?.passages ? found.slice(0, 1) : found.slice(1);
  });
  return { text, words };
}
