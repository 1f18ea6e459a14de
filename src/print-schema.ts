import 'reflect-metadata';
import { writeFileSync } from 'node:fs';

import { printApiSchema } from './schema.js';

/** Writes schema.graphql: what clients are typed from. */
writeFileSync('schema.graphql', await printApiSchema());
