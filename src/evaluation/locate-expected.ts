import { sql } from 'kysely';

import type { Context } from '../context.js';
import { EvaluationGranularity } from './evaluation-run.settings.js';
import type { StoredExpectation } from './expected-answer.js';
import { findQuote } from './find-lines.js';
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
  const found = expected.map(
    ({ documentId, projectDocId, filePath }) => byId.get(documentId) ?? byPath.get(`${projectDocId} ${filePath}`),
  );
  const isPassage = ({ quote }: StoredExpectation): boolean =>
    quote !== null && granularity === EvaluationGranularity.PASSAGE;
  const wanted = found.filter((document, index) => document && isPassage(expected[index]!));
  const contents = await readContents(ctx, [...new Set(wanted.map((document) => document!.id))]);
  return expected.map((expectation, index) => {
    const document = found[index];
    if (!document) return { expectation, place: null };
    const place = { documentId: document.id, filePath: document.filePath };
    if (!isPassage(expectation)) {
      const { startLine, endLine } = expectation;
      return { expectation, place: { ...place, startLine, endLine } };
    }
    const lines = findQuote(contents.get(document.id) ?? '', expectation.quote!, expectation.startLine!);
    if (!lines) return { expectation, place: null };
    // A long passage is kept by its beginning only: it is as long as it was.
    const length = Math.max(lines.endLine - lines.startLine, expectation.endLine! - expectation.startLine!);
    return { expectation, place: { ...place, startLine: lines.startLine, endLine: lines.startLine + length } };
  });
}
