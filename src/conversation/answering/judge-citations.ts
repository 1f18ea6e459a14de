import type { Context } from '../../context.js';
import type { FailureError } from '../../platform/errors.js';
import type { LLMProvider } from '../../llm-provider/llm-provider.entity.js';
import { buildJudgePrompt, type JudgedClaim, readJudgement } from '../../platform/llm/judge-prompt.js';
import { remedyFor } from '../../platform/llm/provider-failure.js';
import { retrying } from '../../platform/retry.js';
import { endingWithin } from '../../platform/within.js';
import type { CheckedCitation } from './check-claim.js';
import { CitationVerdict } from '../message.enums.js';
import { type StoredSource, toPromptPassage } from '../message-source.js';
import { readReply } from './read-reply.js';

/** How long a judge may take for all citations of an answer, in milliseconds. */
const JUDGE_MS = 20_000;
/** How often it is asked at most while it fails in a way that passes. */
const JUDGE_TRIES = 3;
/** What no answer of the form that is asked for exceeds, in characters. */
const MAX_REPLY = 50_000;

type Judged = (CitationVerdict | null)[];

/**
 * Asks a language model what it thinks of the citations that claim something, all at once; up to three times while it
 * fails in a way that passes. It gives no verdict where it fails, takes more than 20 seconds in all, or answers in
 * another form, and where the sources do not fit its window.
 *
 * @returns its verdicts in the order of `cited`; null: it gave none
 */
export async function judgeCitations(
  ctx: Context,
  judge: LLMProvider,
  cited: readonly CheckedCitation[],
  sources: readonly StoredSource[],
  signal: AbortSignal,
): Promise<Judged> {
  const claims = claimsToJudge(cited);
  const none = cited.map(() => null);
  if (claims.length === 0) return none;
  try {
    const passes = (failure: FailureError): boolean => remedyFor(failure) === 'again';
    const reply = await endingWithin(JUDGE_MS, signal, (ended) =>
      retrying(() => ask(ctx, judge, claims, sources, ended), {
        attempts: JUDGE_TRIES,
        longestWaitMs: JUDGE_MS,
        signal: ended,
        passes,
      }),
    );
    const judgement = readJudgement(reply, claims.length);
    if (!judgement) throw new Error('The reply of the judge cannot be read');
    let number = 0;
    return cited.map(({ isJudgeable }) => {
      if (!isJudgeable) return null;
      const verdict = judgement.get((number += 1));
      return verdict ? CitationVerdict[verdict] : null;
    });
  } catch (error) {
    ctx.logger.info({ err: error }, 'the judge of citations gave no verdict');
    return none;
  }
}

function claimsToJudge(cited: readonly CheckedCitation[]): JudgedClaim[] {
  return cited
    .filter(({ isJudgeable }) => isJudgeable)
    .map(({ citation, claim }) => ({ text: claim, sourceIndex: citation.sourceIndex }));
}

async function ask(
  ctx: Context,
  judge: LLMProvider,
  claims: readonly JudgedClaim[],
  sources: readonly StoredSource[],
  signal: AbortSignal,
): Promise<string> {
  const passages = sources
    .filter(({ index }) => claims.some(({ sourceIndex }) => sourceIndex === index))
    .map(toPromptPassage);
  const prompt = buildJudgePrompt(passages, claims);
  return readReply(ctx, judge, prompt, MAX_REPLY, signal);
}
