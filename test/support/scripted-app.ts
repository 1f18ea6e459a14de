import { type GitHost, startGitHost } from './git-host.js';
import { type ScriptedProvider, startScriptedProvider } from './scripted-provider.js';
import { startTestApp, type TestApp } from './test-app.js';

/** The service with a git host and an embedding model that do what a test tells them. */
export interface ScriptedApp {
  readonly host: GitHost;
  readonly provider: ScriptedProvider;
  readonly app: TestApp;
  /** Both behave again, and nothing was asked of the model: for `afterEach`. */
  reset(): void;
  stop(): Promise<void>;
}

/** The settings of a service that embeds with a scripted provider. */
export function embeddingBy(provider: ScriptedProvider): Record<string, string> {
  return {
    LLM_HOSTS: provider.hostEntry,
    EMBEDDING_PROVIDER: 'openai-compatible',
    EMBEDDING_MODEL: 'scripted',
    EMBEDDING_BASE_URL: provider.baseUrl,
  };
}

export async function startScriptedApp(env: Record<string, string> = {}): Promise<ScriptedApp> {
  const [host, provider] = await Promise.all([startGitHost(), startScriptedProvider()]);
  const app = await startTestApp({ env: { GIT_HOSTS: host.hostEntry, ...embeddingBy(provider), ...env } });
  return {
    host,
    provider,
    app,
    reset() {
      host.respondWith(null);
      provider.reset();
    },
    async stop() {
      await app.stop();
      await provider.stop();
      await host.stop();
    },
  };
}
