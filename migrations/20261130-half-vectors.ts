import { Migration } from '@mikro-orm/migrations';

/** Numbers of half precision on a server: a scan reads half as much. The embedded database, built for WebAssembly, has no instruction for them. */
export class HalfVectors extends Migration {
  override name = '20261130-half-vectors';

  override async up(): Promise<void> {
    const [{ version }] = (await this.execute('select version()')) as [{ version: string }];
    if (version.includes('emscripten')) return;
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // All vectors are written anew, which may take minutes.
  `set local statement_timeout = 0`,
  `drop index "embedding_vector_hnsw"`,
  // Some were stored a hundred thousand times as long, and half precision ends at 65,504.
  `alter table "embedding" alter column "vector" type halfvec(768) using l2_normalize("vector")::halfvec(768)`,
  `alter table "embedding" alter column "vector" set storage plain`,
  `create index "embedding_vector_hnsw" on "embedding" using hnsw ("vector" halfvec_cosine_ops) with (m = 16, ef_construction = 64) where "indexed"`,
];
