import { describe, expect, it } from '@jest/globals';

import { parseArguments } from '../../src/cli/arguments.js';

const URL = 'https://github.com/owner/repo';

describe('the arguments of ibid', () => {
  it('name a repository', () => {
    expect(parseArguments(['sync', URL])).toEqual({ kind: 'sync', sync: { url: URL, json: false } });
  });

  it('may be none', () => {
    expect(parseArguments(['move'])).toEqual({ kind: 'move' });
  });

  it('may name more, before or after it', () => {
    const args = ['--folder=docs', 'sync', '--json', URL, '--project', 'Handbook', '--branch', 'v2', '--name', 'Guide'];
    expect(parseArguments(args)).toEqual({
      kind: 'sync',
      sync: { url: URL, project: 'Handbook', folder: 'docs', branch: 'v2', name: 'Guide', json: true },
    });
  });

  it.each([
    ['of ibid', ['--help'], /^Usage: npm run ibid -- <command> \[options\]\n\nCommands\n/],
    ['of ibid, in short', ['-h'], /\nCommands\n/],
    ['of sync', ['sync', '--help'], /\nOptions\n {2}--project <name> /],
    ['of move', ['move', '--help'], /^Usage: DATABASE_URL=[^]*\nOptions\n/],
    ['of sync, whatever else is there', ['sync', URL, '--folder', 'docs', '-h'], /\nOptions\n/],
  ])('ask for the help %s', (_, args, text) => {
    expect(parseArguments(args)).toEqual({ kind: 'help', text: expect.stringMatching(text) });
  });

  it.each([
    ['nothing', [], /^Usage: /],
    ['an unknown command', ['search', 'x'], /^There is no command "search"\.\n\nUsage: [^]*\nCommands\n/],
    ['no URL', ['sync'], /^The URL of a repository is missing\.\n\nUsage: [^]*\nOptions\n/],
    ['a blank URL', ['sync', ' '], /^The URL of a repository is missing\./],
    ['two URLs', ['sync', URL, 'docs'], /^One URL at a time: what is "docs"\?\n/],
    [
      'something after move',
      ['move', 'x'],
      /^It takes no arguments: DATABASE_URL says where to\.\n\nUsage: DATABASE_URL/,
    ],
    ['an option of another command', ['move', '--json'], /^It takes no arguments: /],
    ['an unknown option', ['sync', URL, '--floder', 'docs'], /^Unknown option '--floder'\.\n\nUsage: [^]*\nOptions\n/],
    ['an option without its value', ['sync', URL, '--folder'], /^Option '--folder <value>' argument missing\.\n/],
    ['an option in the place of a value', ['sync', URL, '--folder', '--json'], /^Option '--folder' argument is amb/],
    ['a value for a flag', ['sync', URL, '--json=yes'], /^Option '--json' does not take an argument\.\n/],
    ['a blank project', ['sync', URL, '--project', ''], /^The name after --project is blank\.\n/],
  ])('are wrong with %s', (_, args, text) => {
    expect(parseArguments(args)).toEqual({ kind: 'wrong', text: expect.stringMatching(text) });
  });
});
