import type { Context } from '../context.js';
import { EvaluationGranularity } from './evaluation-run.settings.js';
import type { StoredExpectation } from './expected-answer.js';
import { findDocuments } from './find-documents.js';
import { findQuote, type Lines } from './find-lines.js';
import { readContents } from './find-passages.js';
import type { LocatedExpectation } from './judge-hits.js';

/**
 * Where the answers that a question of a set expects are now. A passage is found by its words; where only documents are
 * ranked, it does not matter whether they are still there.
 */
export async function locateExpected(
  ctx: Context,
  setId: string,
  expected: readonly StoredExpectation[],
  granularity: EvaluationGranularity,
): Promise<LocatedExpectation[]> {
  const documents = await findDocuments(
    ctx,
    expected.map((one) => ({ ...one, setId })),
  );
  const known = expected.map((expectation, index) => ({ expectation, document: documents[index] }));
  const isPassage = ({ quote }: StoredExpectation): boolean =>
    quote !== null && granularity === EvaluationGranularity.PASSAGE;
  const passages = Map.groupBy(
    known.filter(({ expectation, document }) => document && isPassage(expectation)),
    ({ document }) => document!.id,
  );
  const found = new Map<StoredExpectation, Lines | null>();
  for await (const [id, content] of readContents(ctx, [...passages.keys()]))
    for (const { expectation } of passages.get(id)!)
      found.set(expectation, findQuote(content, expectation.quote!, expectation.startLine!));
  return known.map(({ expectation, document }) => {
    if (!document) return { expectation, place: null };
    const { startLine, endLine } = expectation;
    const place = { documentId: document.id, filePath: document.filePath, startLine, endLine };
    if (!isPassage(expectation)) return { expectation, place };
    const lines = found.get(expectation);
    if (!lines) return { expectation, place: null };
    // A long passage is kept by its beginning only: it is as long as it was.
    const length = Math.max(lines.endLine - lines.startLine, endLine! - startLine!);
    return { expectation, place: { ...place, startLine: lines.startLine, endLine: lines.startLine + length } };
  });
}
