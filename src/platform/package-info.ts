import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PackageInfo {
  /** The folder that holds package.json. */
  root: string;
  /** The address of the repository's page. */
  repository: string;
}

/** The package that `moduleUrl` belongs to, whether it runs from its sources or was built. */
export function readPackageInfo(moduleUrl: string): PackageInfo {
  let root = dirname(fileURLToPath(moduleUrl));
  while (!existsSync(join(root, 'package.json')) && dirname(root) !== root) root = dirname(root);
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    repository: { url: string };
  };
  return { root, repository: repository.url.replace(/^git\+|\.git$/g, '') };
}
