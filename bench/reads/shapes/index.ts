import { conversation } from './conversation.js';
import { documents } from './documents.js';
import { nodes } from './nodes.js';
import { page } from './page.js';
import { project } from './project.js';
import type { Shape } from './shape.js';
import { tree } from './tree.js';
import { writing } from './write.js';

export const SHAPES: readonly Shape[] = [project, page, tree, conversation, documents, nodes, writing];
