import { sql } from 'kysely';

import type { Context } from '../context.js';
import { EvaluationGranularity } from './evaluation-run.settings.js';
import type { StoredExpectation } from './expected-answer.js';
import { findQuote, type Lines } from './find-lines.js';
import { readContents } from './find-passages.js';
import type { LocatedExpectation } from './judge-hits.js';

interface Found {
  id: string;
  projectDocId: string;
  filePath: string;
}

/**
 * Where the answers that a question expects are now. A document is found by its id, which it keeps when it is renamed,
 * else by its path: it may have left and come back. A passage is found by its words; where only documents are ranked,
 * it does not matter whether they are still there.
 */
export async function locateExpected(
  ctx: Context,
  expected: readonly StoredExpectation[],
  granularity: EvaluationGranularity,
): Promise<LocatedExpectation[]> {
  const { rows } = await sql<Found>`
    select d.id, d.project_doc_id as "projectDocId", d.file_path as "filePath"
    from jsonb_to_recordset(${JSON.stringify(expected)}::jsonb) as e("documentId" uuid, "projectDocId" uuid, "filePath" text)
      join document d on d.id = e."documentId" or (d.project_doc_id = e."projectDocId" and d.file_path = e."filePath")`.execute(
    ctx.em.getKysely(),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const byPath = new Map(rows.map((row) => [`${row.projectDocId} ${row.filePath}`, row]));
  const known = expected.map((expectation) => {
    const { documentId, projectDocId, filePath } = expectation;
    return { expectation, document: byId.get(documentId) ?? byPath.get(`${projectDocId} ${filePath}`) };
  });
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
