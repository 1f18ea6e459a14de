import { asks, bare, graphql, type Shape } from './shape.js';

const DOCUMENT = 'filePath title fileType fileSize';
const CHUNK = 'chunkIndex chunkText startLine endLine headerPath';
const IBID = `query($id: ID!) { project(id: $id) { id documents(first: 50) { nodes { id ${DOCUMENT}
  chunks(first: 3) { totalCount nodes { id ${CHUNK} } } } } } }`;
const POSTGRAPHILE = `query($id: UUID!) { projectByRowId(rowId: $id) { rowId documentsByProjectId(first: 50, orderBy: FILE_PATH_ASC) {
  nodes { rowId ${DOCUMENT} chunksByDocumentId(first: 3, orderBy: CHUNK_INDEX_ASC) { totalCount nodes { rowId ${CHUNK} } } } } } }`;

const DOCUMENTS = `select id, file_path as "filePath", title, file_type as "fileType", file_size as "fileSize" from document
  where project_id = $1 order by file_path collate "C", id limit 50`;
const CHUNKS = `select c.* from unnest($1::uuid[]) as d(id) cross join lateral (
  select id, document_id, chunk_index as "chunkIndex", chunk_text as "chunkText", start_line as "startLine", end_line as "endLine",
    header_path as "headerPath" from chunk where document_id = d.id order by chunk_index limit 3) c`;
const COUNTS = `select document_id, count(*)::int as count from chunk where document_id = any($1) group by 1`;
const SINGLE = `select json_build_object('id', p.id, 'documents', (
    select json_agg(json_build_object('id', d.id, 'filePath', d."filePath", 'title', d.title, 'fileType', d."fileType",
      'fileSize', d."fileSize", 'totalCount', (select count(*) from chunk where document_id = d.id), 'chunks', (
        select json_agg(json_build_object('id', c.id, 'chunkIndex', c.chunk_index, 'chunkText', c.chunk_text,
          'startLine', c.start_line, 'endLine', c.end_line, 'headerPath', c.header_path) order by c.chunk_index)
        from (select * from chunk where document_id = d.id order by chunk_index limit 3) c
      )) order by d."filePath" collate "C")
    from (${DOCUMENTS}) d))::text as json from project p where p.id = $1`;

const chunk = ({ rowId, id = rowId, chunkIndex, chunkText, startLine, endLine, headerPath }: any) => ({
  id,
  chunkIndex,
  chunkText,
  startLine,
  endLine,
  headerPath: typeof headerPath === 'string' ? JSON.parse(headerPath) : headerPath,
});
const document = (
  { rowId, id = rowId, filePath, title, fileType, fileSize }: any,
  totalCount: number,
  chunks: any[],
) => ({
  id,
  filePath,
  title,
  fileType,
  fileSize,
  totalCount,
  chunks: chunks.map(chunk),
});

/** Fifty documents of a project, each with its first three passages and how many it has. */
export const documents: Shape = {
  key: 'e',
  title: '50 documents with 3 chunks each and their number',
  async prepare(database) {
    const { rows } = await database.query(
      'select project_id as id from document group by 1 having count(*) < 100 order by 1',
    );
    return asks(graphql(IBID, rows), graphql(POSTGRAPHILE, rows), bare('e', rows));
  },
  read: {
    ibid: ({ project: { id, documents } }) => ({
      id,
      documents: documents.nodes.map((each: any) => document(each, each.chunks.totalCount, each.chunks.nodes)),
    }),
    postgraphile: ({ projectByRowId: { rowId, documentsByProjectId } }) => ({
      id: rowId,
      documents: documentsByProjectId.nodes.map((each: any) =>
        document(each, each.chunksByDocumentId.totalCount, each.chunksByDocumentId.nodes),
      ),
    }),
    bare: ({ id, documents }) => ({
      id,
      documents: documents.map((each: any) => document(each, each.totalCount, each.chunks)),
    }),
  },
  async single(query, { id }) {
    return (await query('documents', SINGLE, [id]))[0].json;
  },
  async levels(query, { id }) {
    await query('documents project', 'select id from project where id = $1', [id]);
    const documents = await query('documents', DOCUMENTS, [id]);
    const ids = documents.map((each) => each.id);
    const chunks = Map.groupBy(await query('documents chunks', CHUNKS, [ids]), (each) => each.document_id);
    const counts = new Map(
      (await query('documents counts', COUNTS, [ids])).map((each) => [each.document_id, each.count]),
    );
    return {
      id,
      documents: documents.map((each) => ({
        ...each,
        totalCount: counts.get(each.id) ?? 0,
        chunks: chunks.get(each.id) ?? [],
      })),
    };
  },
};
