import { type Changes, type GitHost, startGitHost } from './git-host.js';
import { type ScriptedProvider, startScriptedProvider, staysSilent } from './scripted-provider.js';
import { buildSyncedProject, type SyncedProject } from './sync-bench.js';
import { startTestApp, type TestApp, type TestHome, type Values } from './test-app.js';
import { until } from './until.js';

export interface Asked {
  conversationId: string;
  questionId: string;
  answerId: string;
}

/** The service with a synced project, and a scripted provider that answers by default. */
export interface Chat {
  readonly app: TestApp;
  readonly host: GitHost;
  readonly provider: ScriptedProvider;
  readonly project: SyncedProject;
  /** The scripted provider: openai-compatible, the default. */
  readonly llmProviderId: string;
  /** Another language model on the scripted provider, with these settings. */
  createModel(apiConfig: Values): Promise<string>;
  /** Who judges the citations of the project's answers besides; null: nobody. */
  judgeBy(citationJudgeId: string | null): Promise<Values>;
  /** A question in a new conversation, answered by the model given. */
  ask(content: string, llmProviderId?: string): Promise<Asked>;
  /** Another question in a conversation. */
  send(conversationId: string, content: string): Promise<Asked>;
  /** An answer of which "Run npm" has come, and no more will. */
  going(): Promise<Asked>;
  message(id: string): Promise<Values>;
  /** The message once it is not GENERATING any more. */
  untilEnded(id: string): Promise<Values>;
  /** The message once its content has come this far. */
  untilContent(id: string, content: string): Promise<Values>;
  /** Stops the service and starts it again; it needs a `home`. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const KEY = 'sk-not-to-be-seen';

/** One question finds the first, another the second, and a third neither. */
export const FILES: Changes = {
  'docs/install.md': '# Installation\n\nIntro.\n\n## With npm\n\nRun `npm install ibid-demo` to install the program.\n',
  'docs/backup.md': '# Backups\n\nThe nightly backup copies the database to the vault at three.\n',
};
export const QUESTION = 'How do I install the program with npm?';

const MESSAGE = `id role content status error { code message retryable } outcome truncated
  sources { index filePath fileName headerAnchor score similarityScore startLine endLine commitSha url chunkText isStale
    document { id filePath } chunk { id chunkText } }
  citations { verdict } usage { inputTokens outputTokens } llmProvider { id } rating
  conversation { id } parent { id } siblings { id } createdAt`;

export interface ChatOptions {
  files?: Changes;
  home?: TestHome;
  /** Settings of the service besides. */
  settings?: Record<string, string>;
  /** Takes every line that is logged. */
  log?: (line: string) => void;
}

export async function startChat({ files = FILES, home, settings, log }: ChatOptions = {}): Promise<Chat> {
  const [host, provider] = await Promise.all([startGitHost(), startScriptedProvider()]);
  const env = { GIT_HOSTS: host.hostEntry, LLM_HOSTS: provider.hostEntry, OPENAI_COMPATIBLE_API_KEY: KEY, ...settings };
  let app = await startTestApp({ env, home, log });
  const project = await buildSyncedProject(app, host, files);
  let models = 0;

  async function createModel(apiConfig: Values, isDefault = false): Promise<string> {
    models += 1;
    const { llmProvider, userErrors } = await app.mutate('createLLMProvider', 'llmProvider { id }', {
      providerName: 'openai-compatible',
      modelName: `scripted-${models}`,
      apiConfig: { baseUrl: provider.baseUrl, ...apiConfig },
      isDefault,
    });
    if (!llmProvider) throw new Error(JSON.stringify(userErrors));
    return llmProvider.id;
  }

  async function message(id: string): Promise<Values> {
    return (await app.query(`query($id: ID!) { message(id: $id) { ${MESSAGE} } }`, { id })).message;
  }

  const llmProviderId = await createModel({}, true);
  const both = 'userMessage { id } assistantMessage { id }';

  async function ask(content: string, model = llmProviderId): Promise<Asked> {
    const { conversation, userMessage, assistantMessage } = await app.mutate(
      'createConversation',
      `conversation { id } ${both}`,
      { projectId: project.projectId, llmProviderId: model, message: content },
    );
    return { conversationId: conversation.id, questionId: userMessage.id, answerId: assistantMessage.id };
  }

  const untilContent = (id: string, content: string) =>
    until(
      () => message(id),
      (now) => now.content.startsWith(content),
    );

  return {
    get app() {
      return app;
    },
    host,
    provider,
    project,
    llmProviderId,
    createModel,
    judgeBy: (citationJudgeId) =>
      app.mutate('updateProject', 'project { citationJudge { id } }', { id: project.projectId, citationJudgeId }),
    ask,
    async going() {
      provider.script(staysSilent({ after: 'Run npm' }));
      const asked = await ask(QUESTION);
      await untilContent(asked.answerId, 'Run npm');
      return asked;
    },
    async send(conversationId, content) {
      const { userMessage, assistantMessage } = await app.mutate('sendMessage', both, { conversationId, content });
      return { conversationId, questionId: userMessage.id, answerId: assistantMessage.id };
    },
    message,
    untilEnded: (id) =>
      until(
        () => message(id),
        ({ status }) => status !== 'GENERATING',
      ),
    untilContent,
    async restart() {
      await app.stop();
      app = await startTestApp({ env, home, log });
    },
    async stop() {
      // Whoever still waits for the provider would make the service wait.
      await provider.stop();
      await app.stop();
      await host.stop();
    },
  };
}
