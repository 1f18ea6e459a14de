import { asks, bare, graphql, type Shape, time } from './shape.js';

const SOURCE = ['index', 'filePath', 'fileName', 'headerAnchor', 'score', 'similarityScore', 'startLine', 'endLine'];
const SOURCE_FIELDS = [...SOURCE, 'commitSha', 'url', 'chunkText'];
const CITATION_FIELDS = ['sourceIndex', 'answerStart', 'answerEnd', 'markerStart', 'markerEnd', 'quote', 'verdict'];

const IBID = `query($id: ID!) { conversation(id: $id) { id title messages(last: 100) { nodes { id role content status createdAt
  sources { ${SOURCE_FIELDS.join(' ')} } citations { ${CITATION_FIELDS.join(' ')} } } } } }`;
const POSTGRAPHILE = `query($id: UUID!) { conversationByRowId(rowId: $id) { rowId title
  messagesByConversationId(last: 100, orderBy: SEQUENCE_ASC) { nodes { rowId role content status createdAt sources citations } } } }`;

const MESSAGES = `select id, role, content, status, created_at as "createdAt", sources, citations from (
  select * from message where conversation_id = $1 and active order by sequence desc limit 100) m order by sequence`;
const SINGLE = `select json_build_object('id', c.id, 'title', c.title, 'messages', (
    select json_agg(json_build_object('id', m.id, 'role', m.role, 'content', m.content, 'status', m.status, 'createdAt', m.created_at,
      'sources', m.sources, 'citations', m.citations) order by m.sequence)
    from (select * from message where conversation_id = c.id and active order by sequence desc limit 100) m
  ))::text as json from conversation c where c.id = $1`;

const pick = (fields: readonly string[]) => (from: any) =>
  Object.fromEntries(fields.map((field) => [field, from[field]]));
const parsed = (json: any) => (typeof json === 'string' ? JSON.parse(json) : json);

const message = ({ id, rowId, role, content, status, createdAt, sources, citations }: any) => ({
  id: id ?? rowId,
  role: role.toLowerCase(),
  content,
  status,
  createdAt: time(createdAt),
  sources: parsed(sources)?.map(pick(SOURCE_FIELDS)) ?? null,
  citations: parsed(citations).map(pick(CITATION_FIELDS)),
});

/** A long conversation, as a chat window opens it. PostGraphile and the bare servers give sources and citations as they are stored. */
export const conversation: Shape = {
  key: 'd',
  title: 'a conversation with its last 100 messages, sources and citations',
  async prepare(database) {
    const { rows } = await database.query(
      `select conversation_id as id from message where sequence = 130 order by conversation_id limit 200`,
    );
    return asks(graphql(IBID, rows), graphql(POSTGRAPHILE, rows), bare('d', rows));
  },
  read: {
    ibid: ({ conversation: { messages, ...rest } }) => ({ ...rest, messages: messages.nodes.map(message) }),
    postgraphile: ({ conversationByRowId: { rowId, title, messagesByConversationId } }) => ({
      id: rowId,
      title,
      messages: messagesByConversationId.nodes.map(message),
    }),
    bare: ({ messages, ...rest }) => ({ ...rest, messages: messages.map(message) }),
  },
  async single(query, { id }) {
    return (await query('conversation', SINGLE, [id]))[0].json;
  },
  async levels(query, { id }) {
    const [found] = await query('conversation', 'select id, title from conversation where id = $1', [id]);
    return { ...found, messages: await query('conversation messages', MESSAGES, [id]) };
  },
};
