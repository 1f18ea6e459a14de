import { serveThread } from '../worker-thread.js';
import { cutTask } from './cutter.js';

serveThread(cutTask);
