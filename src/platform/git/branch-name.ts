const HEADS = 'refs/heads/';

/** @param branch null: the one that the repository's HEAD names */
export function refOf(branch: string | null): string {
  return branch === null ? 'HEAD' : HEADS + branch;
}

/** null: it is another ref than a branch. */
export function branchOf(ref: string): string | null {
  return ref.startsWith(HEADS) ? ref.slice(HEADS.length) : null;
}

/** git's own limit is the file system's: one component of a ref is a file name. */
const MAX_BYTES = 255;

/** What `git check-ref-format` refuses anywhere: controls, space, and what revisions and refspecs are written with. */
// oxlint-disable-next-line no-control-regex
const REFUSED = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/;

/**
 * Whether `name` may be stored as a branch: the rules of `git check-ref-format --branch`, at most 255 bytes, and no
 * leading `+`, which git allows but reads as part of a refspec. Shorthands such as `@{-1}` are not names.
 */
export function isBranchName(name: string): boolean {
  if (name === 'HEAD' || /^[-+]/.test(name) || name.endsWith('.') || REFUSED.test(name)) return false;
  if (!name.isWellFormed() || Buffer.byteLength(name) > MAX_BYTES) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
