import type { Context } from '../context.js';
import { NO_COMMIT } from '../platform/git/blob-id.js';
import { fileUrl } from '../platform/git/file-url.js';
import { getById } from '../platform/graphql/load-by-id.js';
import { ProjectDoc } from '../project-doc/project-doc.entity.js';
import type { Document } from './document.entity.js';

/** Where people can read a document, or lines of it, at its commit; null where it is not known to be in git. */
export async function urlOf(
  ctx: Context,
  document: Pick<Document, 'projectDocId' | 'commitSha' | 'filePath'>,
  lines?: { startLine: number; endLine: number },
): Promise<string | null> {
  if (document.commitSha === NO_COMMIT) return null;
  const { githubUrl } = await getById(ctx, ProjectDoc, document.projectDocId);
  const { commitSha, filePath: path } = document;
  const { startLine, endLine } = lines ?? {};
  return fileUrl({ url: githubUrl, commitSha, path, startLine, endLine }, ctx.config.gitHosts);
}
