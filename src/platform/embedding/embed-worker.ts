import { serveThread } from '../worker-thread.js';
import { hashTexts } from './builtin.js';

serveThread(hashTexts);
