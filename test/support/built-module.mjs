import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

// Before anything that is built on it, whichever file comes first.
import 'reflect-metadata';

const require = createRequire(import.meta.url);

/**
 * A source file as tests import it: whatever the built one exports. Jest would load the service and all that it stands on anew for
 * every test file, which takes longer than most files' tests; the built one is loaded once for all files of a worker.
 * A package as tests import it is the one that the built service has: its objects pass for each other's.
 */
export default {
  getCacheKey: (_source, path, options) => createHash('sha256').update(codeFor(path, options)).digest('hex'),
  process: (_source, path, options) => ({ code: codeFor(path, options) }),
};

function codeFor(path, { config: { rootDir }, supportsStaticESM }) {
  const built = path.endsWith('.ts') ? join(rootDir, 'dist', relative(rootDir, path).replace(/\.ts$/, '.js')) : path;
  const load = `requireBuilt(${JSON.stringify(built)})`;
  if (!supportsStaticESM) return `module.exports = ${load};`;
  const names = Object.keys(require(built)).filter((name) => name !== 'default' && name !== '__esModule');
  return `const built = ${load};\nexport const { ${names.join(', ')} } = built;\nexport default built.default;`;
}
