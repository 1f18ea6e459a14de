import { access, chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startCommand } from './support/command.js';
import { until } from './support/until.js';

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'ibid-set-up-'));
  await mkdir(join(checkout, 'scripts'));
  for (const name of ['setup.mjs', 'run.mjs', 'start.mjs', 'follow-parent.mjs'])
    await cp(join('scripts', name), join(checkout, 'scripts', name));
});
afterEach(async () => {
  await chmod(checkout, 0o755);
  await rm(checkout, { recursive: true });
});

/** Runs a script of the checkout. `npm` is the JavaScript that stands in for npm. */
async function start(script: string, npm: string) {
  const npmCli = join(checkout, 'scripts/npm-cli.js');
  await writeFile(npmCli, npm);
  const env = { npm_execpath: npmCli, npm_node_execpath: process.execPath };
  return startCommand([], { env, program: join(checkout, 'scripts', script) });
}

describe('the set-up of a checkout', () => {
  it('ends without an error when it is asked to end while it installs', async () => {
    const command = await start(
      'start.mjs',
      `process.on('SIGINT', () => { console.error('npm error'); process.exit(1); });
       require('node:fs').writeFileSync('begun', '');
       setInterval(() => {}, 1000);`,
    );
    await until(() => exists(join(checkout, 'begun')));
    command.signal('SIGINT');
    expect(await command.exited).toEqual({
      code: 130,
      signal: null,
      stdout: 'Installing dependencies (first start only) ...\n',
      stderr: '',
    });
  });

  it('says what npm says when the install fails', async () => {
    const { code, stderr } = await (
      await start('start.mjs', `console.error('npm is out of order');process.exit(7)`)
    ).exited;
    expect(stderr).toBe(
      'npm is out of order\n\nThe dependencies could not be installed: `npm ci` failed, see above.\n',
    );
    expect(code).toBe(7);
  });

  it('says what to do in a checkout that belongs to somebody else', async () => {
    // Root may write everywhere, so it becomes nobody first.
    await writeFile(
      join(checkout, 'scripts/start-elsewhere.mjs'),
      `import { command } from './run.mjs';
       import { setUp } from './setup.mjs';
       if (process.getuid() === 0) process.seteuid(65534);
       await command(() => setUp());`,
    );
    await chmod(checkout, 0o555);
    const { code, stdout, stderr } = await (await start('start-elsewhere.mjs', '')).exited;
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(
        /^This user may not write to \S+, where ibid is installed and built: EACCES: .+\.setup\.lock'\.$/,
      ),
      'Start it as the user that the folder belongs to, or give the folder to this one (chown -R).',
      '',
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

describe('what a checkout runs', () => {
  it('has the settings of .env, and before them those of the environment', async () => {
    await symlink(resolve('node_modules'), join(checkout, 'node_modules'));
    const program = join(checkout, 'program.mjs');
    await writeFile(program, 'console.log(process.env.PORT, process.env.LOG_LEVEL);');
    await writeFile(join(checkout, '.env'), 'PORT=5001\nLOG_LEVEL=warn\n');
    await writeFile(
      join(checkout, 'scripts/start-program.mjs'),
      `import { command, runBuilt } from './run.mjs';
       await command(() => runBuilt(${JSON.stringify(program)}));`,
    );
    const command = startCommand([], {
      env: { LOG_LEVEL: 'error' },
      program: join(checkout, 'scripts/start-program.mjs'),
    });
    expect(await command.exited).toMatchObject({ code: 0, stdout: '5001 error\n', stderr: '' });
  });
});

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
