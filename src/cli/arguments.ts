import { parseArgs } from 'node:util';

/** What a command line asks for: to do something, a text to read, or nothing that there is. */
export type Command = Work | Text;
export type Work = { kind: 'sync'; sync: SyncArguments } | { kind: 'move' };
export type Text = { kind: 'help' | 'wrong'; text: string };

export interface SyncArguments {
  url: string;
  /** Undefined: as the repository is called. */
  project?: string;
  /** Undefined: as the URL says. */
  folder?: string;
  branch?: string;
  /** Undefined: as the repository is called, and the folder. */
  name?: string;
  json: boolean;
}

const COMMANDS = `Usage: npm run ibid -- <command> [options]

Commands
  sync   reads the documentation of a git repository into a project, and waits for the end
  move   copies all data of the embedded database into one on a PostgreSQL server

npm run ibid -- sync --help and npm run ibid -- move --help tell more.
`;

const MOVE = `Usage: DATABASE_URL=postgres://user:password@host:5432/database npm run ibid -- move

Copies all data of the embedded database in DATA_DIR into the PostgreSQL database in DATABASE_URL, which has to be empty:
projects, documents, vectors, conversations, answers, evaluations. Stop ibid before, and start it with that DATABASE_URL
after. All is copied or nothing; the embedded database stays as it is.

Options
  --help             Print this.

Settings are those of the service: environment variables and the file .env (see .env.example).
Exit codes: 0 all is copied, 1 nothing is copied, 2 the command line is wrong, 130 stopped by Ctrl-C (143: by SIGTERM).
`;

const SYNC = `Usage: npm run ibid -- sync <url> [options]

Reads the documentation of a git repository into a project, and waits until it can be searched. The project is made when
there is none of its name. To sync again costs only what changed.

  <url>              The repository or a folder of it, as your browser shows it: https://github.com/owner/repo, or
                     https://github.com/owner/repo/tree/main/docs.

Options
  --project <name>   The project that it goes into. Default: owner/repo.
  --folder <path>    Only this folder. Default: the one in the URL, or else the whole repository.
  --branch <name>    Default: the one in the URL, or else the repository's own default.
  --name <name>      What it is called within the project when it is new there. Default: repo, or repo/folder.
  --json             Print the result as one JSON object.
  --help             Print this.

Settings are those of the service: environment variables and the file .env (see .env.example).
Exit codes: 0 all is synced, 1 something failed, 2 the command line is wrong, 130 stopped by Ctrl-C (143: by SIGTERM).
`;

const OPTIONS = {
  project: { type: 'string' },
  folder: { type: 'string' },
  branch: { type: 'string' },
  name: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const USAGES: Record<string, string> = { sync: SYNC, move: MOVE };

/** Reads the arguments that follow the command's own name. */
export function parseArguments(args: readonly string[]): Command {
  const parsed = parse(args);
  if ('fault' in parsed) return wrong(parsed.fault, USAGES[args[0] ?? ''] ?? COMMANDS);
  const { help, ...options } = parsed.values;
  const [command, ...operands] = parsed.positionals;
  if (help) return { kind: 'help', text: USAGES[command ?? ''] ?? COMMANDS };
  if (command === undefined) return { kind: 'wrong', text: COMMANDS };
  if (command === 'sync') return readSync(operands, options);
  if (command !== 'move') return wrong(`There is no command "${command}".`, COMMANDS);
  const isBare = operands.length === 0 && args.length === 1;
  return isBare ? { kind: 'move' } : wrong('It takes no arguments: DATABASE_URL says where to.', MOVE);
}

function readSync([url, ...more]: string[], options: Omit<SyncArguments, 'url'>): Command {
  if (!url?.trim()) return wrong('The URL of a repository is missing.', SYNC);
  if (options.project?.trim() === '') return wrong('The name after --project is blank.', SYNC);
  if (more.length > 0) return wrong(`One URL at a time: what is "${more[0]}"?`, SYNC);
  return { kind: 'sync', sync: { url, ...options } };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // The rest of its message is about arguments that begin with a dash.
    return { fault: `${(error as Error).message.split(/[.\n]/)[0]}.` };
  }
}

function wrong(fault: string, usage: string): Command {
  return { kind: 'wrong', text: `${fault}\n\n${usage}` };
}
