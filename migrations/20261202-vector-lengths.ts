import { Migration } from '@mikro-orm/migrations';

/** A vector is as long as its model makes it. Those of a project's own space have 102 numbers, and were filled up with zeros to 768, which each search read. */
export class VectorLengths extends Migration {
  override name = '20261202-vector-lengths';

  override async up(): Promise<void> {
    const [{ version }] = (await this.execute('select version()')) as [{ version: string }];
    // Which of them the column has: see 20261130-half-vectors.
    const type = version.includes('emscripten') ? 'vector' : 'halfvec';
    for (const statement of statements(type)) this.addSql(statement);
  }
}

const IS_SPACE = `"embedding_model" like 'builtin/lsa-1/%'`;

const statements = (type: string): string[] => [
  // All vectors are written anew, which may take minutes.
  `set local statement_timeout = 0`,
  `drop index "embedding_vector_hnsw"`,
  // In one rewrite of the table: rows that an update leaves behind may still be put into the index. The last two numbers are those of texts without a word that the space knows.
  `alter table "embedding" alter column "vector" type ${type}
    using case when ${IS_SPACE} then subvector("vector", 1, 100) || subvector("vector", 767, 2) else "vector" end,
    alter column "indexed" type boolean using "indexed" and not ${IS_SPACE}`,
  `alter table "embedding" alter column "vector" set storage plain`,
  `create index "embedding_vector_hnsw" on "embedding" using hnsw (("vector"::${type}(768)) ${type}_cosine_ops) with (m = 16, ef_construction = 64) where "indexed"`,
];
