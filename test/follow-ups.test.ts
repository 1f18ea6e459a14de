import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createContext } from '../src/context.js';
import { findSources } from '../src/conversation/retrieval/find-sources.js';
import { retrieve } from '../src/conversation/retrieval/retrieve.js';
import { createLogger } from '../src/platform/logger.js';
import { type HostedProject, startHostedProject } from './support/hosted-app.js';

interface Asked {
  before: string[];
  question: string;
  /** What answers it. */
  file: string;
}

const SOURCES = 'bench/citations/sources';
const QUESTIONS: { followUps: Asked[]; newTopics: Asked[] } = JSON.parse(
  readFileSync('test/follow-ups/questions.json', 'utf8'),
);

let { app, project, stop } = {} as HostedProject;
beforeAll(async () => {
  const names = new Set(Object.values(QUESTIONS).flatMap((asked) => asked.map(({ file }) => file)));
  const files = Array.from(names, (name) => [name, readFileSync(join(SOURCES, name), 'utf8')]);
  ({ app, project, stop } = await startHostedProject(Object.fromEntries(files)));
});
afterAll(() => stop());

/** The files of what is found for a question: asked within its conversation, or searched for as it is. */
async function filesFor({ before, question }: Asked, within: boolean): Promise<string[]> {
  const ctx = createContext(app.app.services, { requestId: 'test', logger: createLogger('silent') });
  const { signal } = new AbortController();
  const { projectId } = project;
  const history = before.flatMap((content) => [
    { role: 'user' as const, content },
    { role: 'assistant' as const, content: 'It depends.' },
  ]);
  const { sources } = within
    ? await retrieve(ctx, { projectId, question, history }, null, signal)
    : await findSources(ctx, projectId, question, true, signal);
  return sources.map(({ filePath }) => filePath);
}

/** For how many questions the right file is among what is found, and for how many it comes first. */
async function measure(asked: readonly Asked[], within: boolean): Promise<{ found: number; first: number }> {
  const figures = { found: 0, first: 0 };
  for (const one of asked) {
    const files = await filesFor(one, within);
    figures.found += Number(files.includes(one.file));
    figures.first += Number(files[0] === one.file);
  }
  return figures;
}

describe('the builtin way to read a follow-up question out of its conversation', () => {
  it('finds what answers it more often than the question alone does', async () => {
    const { followUps } = QUESTIONS;
    expect(followUps.length).toBe(50);
    const [alone, within] = [await measure(followUps, false), await measure(followUps, true)];
    expect(within.found).toBeGreaterThanOrEqual(47);
    expect(within.first).toBeGreaterThanOrEqual(45);
    expect(within.found - alone.found).toBeGreaterThanOrEqual(5);
    expect(within.first - alone.first).toBeGreaterThanOrEqual(15);
  });

  it('reads three questions back, and no further', async () => {
    const [first, ...others] = ['How do I batch database requests with DataLoader?', 'And then?', 'Why not?'];
    const asked = { question: 'Why?', file: 'dataloader.md' };
    expect(await filesFor({ ...asked, before: [first!, ...others] }, true)).toContain(asked.file);
    expect(await filesFor({ ...asked, before: [first!, ...others, 'How?'] }, true)).toEqual([]);
  });

  it('leaves questions about something else as they are', async () => {
    const { newTopics } = QUESTIONS;
    expect(newTopics.length).toBe(20);
    expect(await measure(newTopics, true)).toEqual({ found: 20, first: 20 });
  });
});
