import { text } from 'node:stream/consumers';
import { spawnGit } from './git-spawner.mjs';

export type FileContent = string | Buffer | { readonly symlink: string } | { readonly submodule: string } | null;

/** By path; as pairs where a path is not text. null deletes. */
export type Changes =
  | Readonly<Record<string, FileContent>>
  | readonly (readonly [path: string | Buffer, content: FileContent])[];

export interface CommitOptions {
  readonly message?: string;
  /** Default: now. */
  readonly date?: Date;
  /** Default: main. A new one starts at main. */
  readonly branch?: string;
}

/** A bare repository that is written to without a checkout, so that any file name works. */
export interface GitRepository {
  readonly directory: string;
  commit(changes: Changes, options?: CommitOptions): Promise<string>;
  rename(from: string, to: string, options?: CommitOptions): Promise<string>;
  /** Commits the files of main once more; `committer` is as importers wrote it, and git itself would not. */
  commitAs(committer: string): Promise<string>;
  /** Commits a tree of these files alone to main, with names, and the same name twice, as git itself would not write them. */
  commitTree(files: readonly (readonly [name: string, content: string])[]): Promise<string>;
  /** Replaces the branch's whole history by one commit of these files. */
  forcePush(files: Changes, options?: CommitOptions): Promise<string>;
  deleteBranch(branch: string): Promise<void>;
  /** Makes `branch` point to a commit that is there. */
  moveBranch(branch: string, commit: string): Promise<void>;
  /** A setting of the host's for this repository. */
  configure(key: string, value: string): Promise<void>;
  /** Which branch HEAD names. */
  setDefaultBranch(branch: string): Promise<void>;
  /** The branch's commit. */
  head(branch?: string): Promise<string>;
}

export async function createBareRepository(directory: string, files?: Changes): Promise<GitRepository> {
  await git(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', directory]);
  for (const key of ['uploadpack.allowFilter', 'uploadpack.allowAnySHA1InWant']) {
    await git(['-C', directory, 'config', key, 'true']);
  }

  const find = async (branch: string) =>
    (await git(['-C', directory, 'for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`])).trim() || null;

  async function write(changes: Buffer, parent: string | null, options: CommitOptions): Promise<string> {
    const { message = 'A change', date = new Date(), branch = 'main' } = options;
    const head = [
      `commit refs/heads/${branch}`,
      'mark :1',
      `committer Ann Author <ann@example.org> ${Math.floor(date.getTime() / 1000)} +0000`,
      `data ${Buffer.byteLength(message)}\n${message}`,
      ...(parent === null ? [] : [`from ${parent}`]),
      '',
    ].join('\n');
    const input = Buffer.concat([Buffer.from(head), changes, Buffer.from('\nget-mark :1\ndone\n')]);
    return (await git(['-C', directory, 'fast-import', '--quiet', '--force', '--done'], input)).trim();
  }

  const parentOf = async ({ branch = 'main' }: CommitOptions) => (await find(branch)) ?? (await find('main'));

  const writeObject = async (type: string, content: Buffer) =>
    (await git(['-C', directory, 'hash-object', '-t', type, '--literally', '-w', '--stdin'], content)).trim();

  async function commitObject(tree: string, committer: string): Promise<string> {
    const head = `tree ${tree}\nparent ${await find('main')}\nauthor a <a@b> 1 +0000\ncommitter ${committer}\n\n`;
    const sha = await writeObject('commit', Buffer.from(`${head}parent b\n`));
    await repository.moveBranch('main', sha);
    return sha;
  }

  const repository: GitRepository = {
    directory,
    commit: async (changes, options = {}) => write(toCommands(changes), await parentOf(options), options),
    rename: async (from, to, options = {}) =>
      write(Buffer.from(`R ${quote(from)} ${quote(to)}\n`), await parentOf(options), options),
    commitAs: async (committer) =>
      commitObject((await git(['-C', directory, 'rev-parse', 'main^{tree}'])).trim(), committer),
    async commitTree(files) {
      const entries: Buffer[] = [];
      for (const [name, content] of files)
        entries.push(
          Buffer.from(`100644 ${name}\0`),
          Buffer.from(await writeObject('blob', Buffer.from(content)), 'hex'),
        );
      return commitObject(await writeObject('tree', Buffer.concat(entries)), 'a <a@b> 1 +0000');
    },
    forcePush: (content, options = {}) => write(toCommands(content), null, options),
    deleteBranch: async (branch) => void (await git(['-C', directory, 'update-ref', '-d', `refs/heads/${branch}`])),
    moveBranch: async (branch, commit) =>
      void (await git(['-C', directory, 'update-ref', `refs/heads/${branch}`, commit])),
    configure: async (key, value) => void (await git(['-C', directory, 'config', key, value])),
    setDefaultBranch: async (branch) =>
      void (await git(['-C', directory, 'symbolic-ref', 'HEAD', `refs/heads/${branch}`])),
    async head(branch = 'main') {
      const sha = await find(branch);
      if (sha === null) throw new Error(`no branch ${branch}`);
      return sha;
    },
  };
  if (files) await repository.commit(files);
  return repository;
}

/** Nothing of the machine's own git configuration takes part in a test. */
export function plainGitEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
}

function toCommands(changes: Changes): Buffer {
  const pairs = Array.isArray(changes) ? changes : Object.entries(changes);
  return Buffer.concat(pairs.map(([path, content]) => toCommand(quote(path), content)));
}

function toCommand(path: string, content: FileContent): Buffer {
  if (content === null) return Buffer.from(`D ${path}\n`);
  if (typeof content === 'object' && 'submodule' in content)
    return Buffer.from(`M 160000 ${content.submodule} ${path}\n`);
  const isSymlink = typeof content === 'object' && 'symlink' in content;
  const data = Buffer.from(isSymlink ? content.symlink : content);
  const mode = isSymlink ? '120000' : '100644';
  return Buffer.concat([Buffer.from(`M ${mode} inline ${path}\ndata ${data.length}\n`), data, Buffer.from('\n')]);
}

/** As fast-import reads it: every byte that is not plain is written in octal. */
function quote(path: string | Buffer): string {
  const bytes = [...Buffer.from(path as string)];
  const isPlain = (byte: number) => byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  return `"${bytes.map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`)).join('')}"`;
}

async function git(args: string[], input: Buffer = Buffer.alloc(0)): Promise<string> {
  const { stdin, stdout, end } = await spawnGit(args, plainGitEnvironment());
  stdin.end(input);
  const output = await text(await stdout());
  const { code, stderr } = await end();
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return output;
}
