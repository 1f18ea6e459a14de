import { serveThread } from '../worker-thread.js';
import { doTask } from './builtin-thread.js';

serveThread(doTask);
