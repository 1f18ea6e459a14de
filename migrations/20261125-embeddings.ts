import { Migration } from '@mikro-orm/migrations';

/** The vectors of a text are its own, not those of each passage that has it, and lie where scans read nothing else. */
export class Embeddings extends Migration {
  override name = '20261125-embeddings';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `create table "embedding" (
    "project_id" uuid not null,
    "embedding_model" varchar(150) not null,
    "text_digest" uuid not null,
    "vector" vector(768) not null,
    "indexed" boolean not null default false,
    primary key ("project_id", "embedding_model", "text_digest")
  )`,
  `alter table "embedding" alter column "vector" set storage plain`,
  `alter table "embedding" add constraint "embedding_project_id_foreign" foreign key ("project_id") references "project" ("id") on delete cascade`,

  // No text has these digests: such passages are embedded again when their document changes.
  `update "chunk" set text_digest = gen_random_uuid() where text_digest is null`,
  `alter table "chunk" alter column "text_digest" set not null`,
  `insert into "embedding" (project_id, embedding_model, text_digest, vector)
    select project_id, embedding_model, text_digest, embedding from "chunk"
    union all select project_id, embedding_model, text_digest, embedding from "kept_embedding"
    union all select d.project_id, s.embedding_model, s.text_digest, s.embedding
      from "spare_embedding" s join "project_doc" d on d.id = s.project_doc_id
    on conflict do nothing`,

  `drop index "chunk_embedding_hnsw"`,
  `drop index "chunk_project_id_index"`,
  `alter table "chunk" drop column "embedding", drop column "embedding_model", drop column "vector_indexed"`,
  `drop table "kept_embedding"`,
  `drop table "spare_embedding"`,

  `create index "embedding_scan_index" on "embedding" ("project_id", "embedding_model", "indexed")`,
  `create index "embedding_vector_hnsw" on "embedding" using hnsw ("vector" vector_cosine_ops) with (m = 16, ef_construction = 64) where "indexed"`,
];
