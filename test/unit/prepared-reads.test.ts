import { describe, expect, it } from '@jest/globals';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import type { Pool } from 'pg';

import { createPreparedReads, type ReadPrepared, slot } from '../../src/platform/database/prepared.js';

interface Sent {
  name?: string;
  text: string;
  values: unknown[];
}

const client = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** The reads of a process whose connections answer by `answer`, and all that was sent. */
function createReads(answer: (sent: Sent) => unknown[] = () => []): { read: ReadPrepared; sent: Sent[] } {
  const sent: Sent[] = [];
  const connection = {
    query: async (query: Sent) => {
      sent.push(query);
      return { rows: answer(query) };
    },
    release: () => {},
  };
  const pool = { connect: async () => connection } as unknown as Pool;
  return {
    read: createPreparedReads(
      () => client,
      () => pool,
      () => {},
    ),
    sent,
  };
}

const byId = () => sql`select name from project where id = ${slot('id')}`;
const all = () => sql`select name from project`;

describe('prepared reads', () => {
  it('have a name that means the same statement in all processes, in whichever order they come to it', async () => {
    const [one, other] = [createReads(), createReads()];
    await one.read('by id', byId, { id: 1 });
    await one.read('all', all, {});
    await other.read('all', all, {});
    await other.read('by id', byId, { id: 2 });
    const namesOf = ({ sent }: { sent: Sent[] }) => Object.fromEntries(sent.map(({ text, name }) => [text, name]));
    expect(namesOf(other)).toEqual(namesOf(one));
    const names = new Set(Object.values(namesOf(one)));
    expect([...names]).toEqual([expect.stringMatching(/^ibid_/), expect.stringMatching(/^ibid_/)]);
  });

  it.each([
    ['does not know the name', '26000'],
    ['knows the name already', '42P05'],
  ])('go on without names once a connection %s, as behind a pooler', async (_, code) => {
    const { read, sent } = createReads(({ name }) => {
      if (name) throw Object.assign(new Error('prepared statement'), { code });
      return [{ name: 'Mine' }];
    });
    expect(await read('by id', byId, { id: 1 })).toEqual([{ name: 'Mine' }]);
    expect(await read('all', all, {})).toEqual([{ name: 'Mine' }]);
    expect(sent.map(({ name, values }) => [name === undefined, values])).toEqual([
      [false, [1]],
      [true, [1]],
      [true, []],
    ]);
  });

  it('fail by any other error', async () => {
    const { read, sent } = createReads(() => {
      throw Object.assign(new Error('canceling statement'), { code: '57014' });
    });
    await expect(read('all', all, {})).rejects.toThrow('canceling statement');
    expect(sent).toHaveLength(1);
  });
});
