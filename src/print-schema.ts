import 'reflect-metadata';
import { writeFileSync } from 'node:fs';

import { lexicographicSortSchema, printSchema } from 'graphql';

import { buildApiSchema } from './schema.js';

/** Writes schema.graphql: what clients are typed from. */
writeFileSync('schema.graphql', `${printSchema(lexicographicSortSchema(await buildApiSchema()))}\n`);
