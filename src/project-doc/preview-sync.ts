import type { Context } from '../context.js';
import { findMissing } from '../document/embeddings.js';
import { FailureError } from '../platform/errors.js';
import { requireRow } from '../platform/graphql/load-by-id.js';
import type { Row } from '../platform/database/rows.js';
import { type Connection, pageOfArray, type PageArgs } from '../platform/graphql/pages.js';
import { refuse } from '../platform/graphql/user-errors.js';
import { embedderOf } from '../project/project.service.js';
import { ProjectDoc } from './project-doc.entity.js';
import type { PreviewSyncInput, SyncPreview } from './sync-run.inputs.js';
import { SyncFileOutcome, type SyncRunFile } from './sync-run-file.entity.js';
import { openSource } from './sync/open-source.js';
import { planSync, type SyncPlan, toldDeleted } from './sync/plan-sync.js';
import { readChanged, type ReadResult } from './sync/read-changed.js';
import { readStored } from './sync/read-state.js';
import { deletedOutcome, outcomeOf, reasonOf, reasonToStore, renamedOutcome } from './sync/record-outcomes.js';
import { createStages } from './sync/stages.js';

export type PreviewedFile = Pick<SyncRunFile, 'path' | 'outcome' | 'previousPath' | 'reason' | 'documentId'>;

/** See the mutation's description. Nothing but the cache of the repository changes. */
export async function previewSync(ctx: Context, input: PreviewSyncInput): Promise<{ preview: SyncPreview }> {
  const projectDoc = await requireRow(ctx, ProjectDoc, 'id', input.id, 'ProjectDoc');
  const going = ctx.previews.begin((signal) => preview(ctx, projectDoc, signal));
  if (!going) refuse('UNAVAILABLE', 'id', 'Other previews are being made. Try again in a moment.');
  try {
    return { preview: await going };
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return refuse(error.retryable ? 'UNAVAILABLE' : 'INVALID', 'id', error.message);
  }
}

async function preview(ctx: Context, projectDoc: Row<ProjectDoc>, signal: AbortSignal): Promise<SyncPreview> {
  const { snapshot } = await openSource(ctx, projectDoc, signal);
  const plan = planSync(snapshot.entries, await readStored(ctx, projectDoc, null));
  const files = withoutReading(plan);
  const digests = new Set<string>();
  const source = { snapshot, cutter: ctx.cutter, stages: createStages() };
  for await (const read of readChanged(source, plan.changed, signal)) {
    if ('passages' in read) for (const { digest } of read.passages) digests.add(digest);
    files.push(previewed(read));
  }
  const { model } = await embedderOf(ctx, projectDoc.projectId);
  const missing = await findMissing(ctx.em, { projectId: projectDoc.projectId, embeddingModel: model }, [...digests]);
  return {
    commitSha: snapshot.commitSha,
    filesUnchanged: plan.unchanged.length,
    chunksToEmbed: missing.length,
    plannedFiles: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function withoutReading(plan: SyncPlan): PreviewedFile[] {
  const noDocument = { previousPath: null, documentId: null };
  return [
    ...plan.skipped.map((file) => ({ ...file, ...noDocument, outcome: SyncFileOutcome.SKIPPED })),
    ...plan.renamed.map(renamedOutcome),
    ...toldDeleted(plan).map((file) => ({ ...noDocument, ...deletedOutcome(file), documentId: file.id })),
  ];
}

function previewed(read: ReadResult): PreviewedFile {
  const { file } = read;
  const documentId = file.document?.id ?? null;
  const unread = { path: file.path, previousPath: null, documentId };
  if ('skipReason' in read) return { ...unread, outcome: SyncFileOutcome.SKIPPED, reason: read.skipReason };
  if ('error' in read) return { ...unread, outcome: SyncFileOutcome.FAILED, reason: reasonOf(read.error) };
  return { ...outcomeOf(file, documentId), reason: reasonToStore(file, read.frontMatterFault) };
}

export function pageOfPreview(
  { plannedFiles }: SyncPreview,
  page: PageArgs,
  outcome?: SyncFileOutcome | null,
): Connection<PreviewedFile> {
  return pageOfArray('preview files', plannedFiles, page, (file) => outcome == null || file.outcome === outcome);
}
