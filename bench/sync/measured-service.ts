import { setTimeout as pause } from 'node:timers/promises';

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

/** A service whose syncs are timed. */
export interface MeasuredService {
  follow(name: string, githubUrl: string): Promise<string>;
  sync(projectDocId: string): Promise<SyncTimes>;
}

export function measure(service: Service): MeasuredService {
  async function untilEnded(id: string): Promise<Values> {
    const document = `query($id: ID!) { node(id: $id) { ... on SyncRun { status startedAt finishedAt filesTotal error { message } } } }`;
    for (;;) {
      const { node: run } = await service.query(document, { id });
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
      const { project } = await service.mutate('createProject', 'project { id }', { name });
      const input = { projectId: project.id, name, githubUrl };
      return (await service.mutate('createProjectDoc', 'projectDoc { id }', input)).projectDoc.id;
    },
    async sync(projectDocId) {
      const { syncRun } = await service.mutate('syncProjectDoc', 'syncRun { id }', { id: projectDocId });
      const { id } = syncRun;
      const { startedAt, finishedAt, filesTotal } = await untilEnded(id);
      // Logged just after the end has been stored.
      for (; !stagesOf(id);) await pause(10);
      const { fetch, parse, embed, write } = stagesOf(id)!;
      return { files: filesTotal, wall: Date.parse(finishedAt) - Date.parse(startedAt), fetch, parse, embed, write };
    },
  };
}
