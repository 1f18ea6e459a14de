import { readCursors } from './page.js';
import { asks, bare, graphql, type Shape, time, type Variables } from './shape.js';

const IBID = `query($after: String) { projects(first: 10, after: $after) { nodes { id name
  conversations(first: 10) { nodes { id title messages(first: 5) { nodes { id role content createdAt } } } } } } }`;
const POSTGRAPHILE = `query($after: Cursor) { allProjects(first: 10, after: $after, orderBy: ROW_ID_DESC) { nodes { rowId name
  conversationsByProjectId(first: 10, orderBy: UPDATED_AT_DESC) { nodes { rowId title
    messagesByConversationId(first: 5, orderBy: SEQUENCE_ASC) { nodes { rowId role content createdAt } } } } } } }`;

const PROJECTS = `select id, name, created_at from project
  where $1::timestamptz is null or (created_at, id) < ($1, $2::uuid) order by created_at desc, id desc limit 10`;
const CONVERSATIONS = `select c.* from unnest($1::uuid[]) as p(id) cross join lateral (
  select id, project_id, title, updated_at from conversation where project_id = p.id order by updated_at desc, id desc limit 10) c`;
const MESSAGES = `select m.* from unnest($1::uuid[]) as c(id) cross join lateral (
  select id, conversation_id, role, content, created_at from message where conversation_id = c.id and active
  order by sequence limit 5) m`;

const SINGLE = `select json_agg(json_build_object('id', p.id, 'name', p.name, 'conversations', (
    select json_agg(json_build_object('id', c.id, 'title', c.title, 'messages', (
      select json_agg(json_build_object('id', m.id, 'role', m.role, 'content', m.content, 'createdAt', m.created_at) order by m.sequence)
      from (select * from message where conversation_id = c.id and active order by sequence limit 5) m
    )) order by c.updated_at desc, c.id desc)
    from (select * from conversation where project_id = p.id order by updated_at desc, id desc limit 10) c
  )) order by p.created_at desc, p.id desc)::text as json from (${PROJECTS}) p`;

const message = ({ id, rowId, role, content, createdAt }: any) => ({
  id: id ?? rowId,
  role: role.toLowerCase(),
  content,
  createdAt: time(createdAt),
});

/** Ten projects with ten conversations with five messages each. */
export const tree: Shape = {
  key: 'c',
  title: '10 projects × 10 conversations × 5 messages',
  async prepare(database, sends) {
    const cursors = await readCursors(database, sends);
    const pages = (places: readonly Variables[]) => [{}, ...places.filter((_, index) => index % 10 === 9).slice(0, 8)];
    return asks(
      graphql(IBID, pages(cursors.ibid)),
      graphql(POSTGRAPHILE, pages(cursors.postgraphile)),
      bare('c', pages(cursors.bare)),
    );
  },
  read: {
    ibid: (data) =>
      data.projects.nodes.map(({ conversations, ...project }: any) => ({
        ...project,
        conversations: conversations.nodes.map(({ messages, ...conversation }: any) => ({
          ...conversation,
          messages: messages.nodes.map(message),
        })),
      })),
    postgraphile: (data) =>
      data.allProjects.nodes.map((project: any) => ({
        id: project.rowId,
        name: project.name,
        conversations: project.conversationsByProjectId.nodes.map((conversation: any) => ({
          id: conversation.rowId,
          title: conversation.title,
          messages: conversation.messagesByConversationId.nodes.map(message),
        })),
      })),
    bare: (projects) =>
      projects.map((project: any) => ({
        ...project,
        conversations: project.conversations.map((each: any) => ({ ...each, messages: each.messages.map(message) })),
      })),
  },
  async single(query, { after = null, afterId = null }) {
    return (await query('tree', SINGLE, [after, afterId]))[0].json;
  },
  async levels(query, { after = null, afterId = null }) {
    const projects = await query('tree projects', PROJECTS, [after, afterId]);
    const conversations = await query('tree conversations', CONVERSATIONS, [projects.map(({ id }) => id)]);
    const messages = await query('tree messages', MESSAGES, [conversations.map(({ id }) => id)]);
    const byProject = Map.groupBy(conversations, (each) => each.project_id);
    const byConversation = Map.groupBy(messages, (each) => each.conversation_id);
    return projects.map(({ id, name }) => ({
      id,
      name,
      conversations: (byProject.get(id) ?? []).map((conversation) => ({
        id: conversation.id,
        title: conversation.title,
        messages: (byConversation.get(conversation.id) ?? []).map(({ id, role, content, created_at: createdAt }) => ({
          id,
          role,
          content,
          createdAt,
        })),
      })),
    }));
  },
};
