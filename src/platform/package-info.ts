import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PackageInfo {
  /** The folder that holds package.json. */
  root: string;
  version: string;
  /** The repository as package.json names it. */
  repository: string;
}

/** The package that `moduleUrl` belongs to, whether it runs from its sources or was built. */
export function readPackageInfo(moduleUrl: string): PackageInfo {
  let root = dirname(fileURLToPath(moduleUrl));
  while (!existsSync(join(root, 'package.json')) && dirname(root) !== root) root = dirname(root);
  const { version, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
    repository: { url: string };
  };
  return { root, version, repository: repository.url };
}
