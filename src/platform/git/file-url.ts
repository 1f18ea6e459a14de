export interface FileLocation {
  /** The repository, as parseGithubUrl gives it. */
  readonly url: string;
  readonly commitSha: string;
  /** From the repository's root, unescaped. */
  readonly path: string;
  /** From 1. */
  readonly startLine?: number;
  /** From 1, inclusive. */
  readonly endLine?: number;
}

/** The address of a file's page, pinned to its commit: `https://github.com/o/r/blob/<sha>/<path>#L3-L9`. */
export function fileUrl({ url, commitSha, path, startLine, endLine }: FileLocation): string {
  const page = `${url}/blob/${commitSha}/${path.split('/').map(encodeURIComponent).join('/')}`;
  if (startLine === undefined) return page;
  return endLine === undefined || endLine === startLine ? `${page}#L${startLine}` : `${page}#L${startLine}-L${endLine}`;
}
