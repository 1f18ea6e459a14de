import { isClause } from '../../platform/claims/claim-words.js';
import type { Claim } from '../../platform/claims/claims.js';
import { type ClaimCheck, verifyClaim } from '../../platform/citations/verify-claim.js';
import { headingOf } from '../../platform/passages/passage.js';
import { CitationVerdict } from '../message.enums.js';
import type { StoredCitation } from '../citation.js';
import type { StoredSource } from '../message-source.js';

/** A citation, and the words that it stands for. */
export interface CheckedCitation {
  citation: StoredCitation;
  claim: string;
  /** Whether it claims something that a judge who knows more than this check could tell: also where it is UNCHECKED. */
  isJudgeable: boolean;
}

/** In characters. Claims of real answers have 200 at most; hundreds of long ones would take the process a minute. */
const LONGEST_CLAIM = 600;
/** Where one claim ends and another begins. */
const CLAUSES = /\s*[;；]\s*|,?\s+(?:and|but|while|whereas)\s+/i;

/** One citation for each marker of a claim, in their order, checked against the sources. */
export function checkClaim(claim: Claim, sources: readonly StoredSource[]): CheckedCitation[] {
  const named = sources.filter(({ index }) => claim.markers.some(({ sourceIndex }) => sourceIndex === index));
  const isCheckable = claim.isCheckable && claim.text.length <= LONGEST_CLAIM;
  const checks = isCheckable ? checkAll(claim.text, named) : [];
  return claim.markers.map(({ sourceIndex, start, end, isDropped }) => {
    const position = named.findIndex(({ index }) => index === sourceIndex);
    const check = checks[position] ?? null;
    const citation = {
      sourceIndex,
      answerStart: claim.start,
      answerEnd: claim.end,
      markerStart: isDropped ? null : start,
      markerEnd: isDropped ? null : end,
      ...quoteOf(named[position] ?? null, check),
      verdict: verdictOf(isDropped, check),
      judgeVerdict: null,
    };
    return { citation, claim: claim.text, isJudgeable: claim.isCheckable && !isDropped };
  });
}

function verdictOf(isDropped: boolean, check: ClaimCheck | null): CitationVerdict {
  if (isDropped) return CitationVerdict.UNKNOWN_SOURCE;
  if (!check || check.reason === 'another language') return CitationVerdict.UNCHECKED;
  return check.supported ? CitationVerdict.SUPPORTED : CitationVerdict.UNSUPPORTED;
}

/**
 * What each source says to the claim. A claim that none of several sources carries alone may be carried by all
 * together: then each of its clauses has a source that carries it, and those sources count as carrying the claim.
 */
function checkAll(text: string, sources: readonly StoredSource[]): ClaimCheck[] {
  const alone = sources.map((source) => check(text, source));
  const clauses = text.split(CLAUSES);
  if (sources.length < 2 || clauses.length < 2 || !clauses.every(isClause) || alone.some(({ supported }) => supported))
    return alone;
  const parts = clauses.map((clause) => sources.map((source) => check(clause, source)));
  if (!parts.every((checks) => checks.some(({ supported }) => supported))) return alone;
  return alone.map(
    (one, position) => parts.map((checks) => checks[position]!).find(({ supported }) => supported) ?? one,
  );
}

function check(text: string, source: StoredSource): ClaimCheck {
  const { title, headerPath, filePath, chunkText } = source;
  // An answer may name the file: "According to docs/backup.md, …".
  return verifyClaim(text, { text: chunkText, heading: `${headingOf(title, headerPath)} > ${filePath}` });
}

function quoteOf(source: StoredSource | null, check: ClaimCheck | null) {
  if (!source || !check?.supported || !check.quote) return { quote: null, quoteStartLine: null, quoteEndLine: null };
  const { start, end } = check.quote;
  const quote = source.chunkText.slice(start, end);
  const lineAt = (offset: number) => source.startLine + (source.chunkText.slice(0, offset).match(/\n/g)?.length ?? 0);
  return {
    quote,
    quoteStartLine: lineAt(start),
    quoteEndLine: lineAt(start + quote.trimEnd().length),
  };
}
