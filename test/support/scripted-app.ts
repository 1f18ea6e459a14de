import { type HostedApp, startHostedApp } from './hosted-app.js';
import { type ScriptedProvider, startScriptedProvider } from './scripted-provider.js';

/** The service with a git host and an embedding model that do what a test tells them. */
export interface ScriptedApp extends HostedApp {
  readonly provider: ScriptedProvider;
  /** Both behave again, and nothing was asked of the model: for `afterEach`. */
  reset(): void;
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
  const provider = await startScriptedProvider();
  const { host, app, stop } = await startHostedApp({ ...embeddingBy(provider), ...env });
  return {
    host,
    provider,
    app,
    reset() {
      host.respondWith(null);
      provider.reset();
    },
    async stop() {
      await stop();
      await provider.stop();
    },
  };
}
