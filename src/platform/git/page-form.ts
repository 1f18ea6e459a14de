import { findHostEntry, type HostEntry, type HostSoftware } from '../network/host-list.js';

/** Whose form the web pages of a host have. */
export type PageForm = HostSoftware | 'sourcehut';

/** What a host's name says of its pages; the first that fits. */
const NAMES: readonly (readonly [RegExp, PageForm])[] = [
  [/github/, 'github'],
  [/gitlab/, 'gitlab'],
  [/gitea|forgejo|codeberg/, 'gitea'],
  [/bitbucket/, 'bitbucket'],
  [/(?:^|\.)sr\.ht$/, 'sourcehut'],
];

/**
 * What `=gitlab` and the like behind the host's entry in `hosts` says, else what its name suggests; null: nothing does.
 */
export function pageFormOf(url: URL, hosts: readonly HostEntry[]): PageForm | null {
  return findHostEntry(hosts, url)?.software ?? NAMES.find(([pattern]) => pattern.test(url.hostname))?.[1] ?? null;
}
