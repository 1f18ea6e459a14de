import { type GitHost, startGitHost } from './git-host.js';
import type { Changes } from './git-repository.js';
import { buildSyncedProject, type SyncedProject } from './sync-bench.js';
import { startTestApp, type TestApp } from './test-app.js';

/** The service with a git host that does what a test tells it. */
export interface HostedApp {
  readonly host: GitHost;
  readonly app: TestApp;
  stop(): Promise<void>;
}

export async function startHostedApp(
  env: Record<string, string> = {},
  log?: (line: string) => void,
): Promise<HostedApp> {
  const host = await startGitHost();
  const app = await startTestApp({ env: { GIT_HOSTS: `github.com,${host.hostEntry}`, ...env }, log });
  return {
    host,
    app,
    async stop() {
      await app.stop();
      await host.stop();
    },
  };
}

/** The same with a project that follows a repository of `files`, synced. */
export interface HostedProject extends HostedApp {
  readonly project: SyncedProject;
}

export async function startHostedProject(files: Changes): Promise<HostedProject> {
  const hosted = await startHostedApp();
  return { ...hosted, project: await buildSyncedProject(hosted.app, hosted.host, files) };
}
