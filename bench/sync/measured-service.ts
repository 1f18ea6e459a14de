import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

import { post } from '../../test/support/graphql-clients.js';
import type { Service } from '../../test/support/service-process.js';
import type { Values } from '../../test/support/test-app.js';

/** Milliseconds. `wall` is from startedAt to finishedAt; the parts are what the service's own log says. */
export interface SyncTimes {
  files: number;
  wall: number;
  fetch: number;
  parse: number;
  embed: number;
  write: number;
}

/** What `npm start` gives Node.js, and not what a test does, whose database would be compiled to slower code. */
export const START_FLAGS = ['--max-semi-space-size=8'];

/** A service whose syncs are timed. */
export interface MeasuredService {
  follow(name: string, githubUrl: string): Promise<string>;
  sync(projectDocId: string): Promise<SyncTimes>;
  /** The most memory that the process has had resident, in MB. */
  peakMemory(): Promise<number>;
}

export function measure(service: Service): MeasuredService {
  async function ask(document: string, variables: Values): Promise<Values> {
    const { data, errors } = await post(service.url, document, variables);
    if (errors || !data) throw new Error(JSON.stringify(errors));
    return data;
  }

  async function untilEnded(id: string): Promise<Values> {
    const query = `query($id: ID!) { node(id: $id) { ... on SyncRun { status startedAt finishedAt filesTotal error { message } } } }`;
    for (;;) {
      const { node: run } = await ask(query, { id });
      if (run.status === 'SUCCEEDED') return run;
      if (run.finishedAt) throw new Error(JSON.stringify(run));
      await pause(100);
    }
  }

  function stagesOf(runId: string): Values | undefined {
    const lines = service.output().split('\n');
    const line = lines.find((one) => one.includes(runId) && one.includes('"msg":"synced"'));
    return JSON.parse(line ?? '{}').ms;
  }

  return {
    async follow(name, githubUrl) {
      const { createProject } = await ask(
        'mutation($name: String!) { createProject(input: { name: $name }) { project { id } } }',
        { name },
      );
      const { createProjectDoc } = await ask(
        'mutation($input: CreateProjectDocInput!) { createProjectDoc(input: $input) { projectDoc { id } } }',
        { input: { projectId: createProject.project.id, name, githubUrl } },
      );
      return createProjectDoc.projectDoc.id;
    },
    async sync(projectDocId) {
      const { syncProjectDoc } = await ask(
        'mutation($id: ID!) { syncProjectDoc(input: { id: $id }) { syncRun { id } } }',
        { id: projectDocId },
      );
      const { id } = syncProjectDoc.syncRun;
      const { startedAt, finishedAt, filesTotal } = await untilEnded(id);
      // Logged just after the end has been stored.
      for (; !stagesOf(id);) await pause(10);
      const { fetch, parse, embed, write } = stagesOf(id)!;
      return { files: filesTotal, wall: Date.parse(finishedAt) - Date.parse(startedAt), fetch, parse, embed, write };
    },
    async peakMemory() {
      const status = await readFile(`/proc/${service.pid}/status`, 'utf8');
      return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
    },
  };
}
