import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate, validateSchema } from 'graphql';

import { ERROR_CODES } from '../../src/platform/errors.js';
import { EXAMPLE_OPERATIONS } from '../../src/example-operations.js';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)];
const operations = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/```graphql\n([^]*?)```/g)].map(([, text]) => ({ page, text: text! })),
);

describe('the documentation', () => {
  it('describes a valid schema', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  it.each(operations)('of $page shows operations that the schema allows (%#)', ({ text }) => {
    expect(validate(schema, parse(text))).toEqual([]);
  });

  it.each(EXAMPLE_OPERATIONS)('of GraphiQL opens with operations that the schema allows (%#)', ({ query }) => {
    expect(validate(schema, parse(query))).toEqual([]);
  });

  it('expects answers of its evaluation that its pages hold', () => {
    const expected = [
      ...readFileSync('docs/evaluation.md', 'utf8').matchAll(/filePath: "([^"]+)"(?:, quote: "([^"]+)")?/g),
    ];
    expect(expected.length).toBeGreaterThan(2);
    for (const [, page, quote = ''] of expected) expect(readFileSync(page!, 'utf8')).toContain(quote);
  });

  it('names every code of a top-level error', () => {
    const text = readFileSync('docs/api.md', 'utf8');
    expect(Object.keys(ERROR_CODES).filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });

  it.each(pages)('%s links to files that are there', (page) => {
    const text = readFileSync(page, 'utf8');
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target!);
    for (const target of targets)
      expect({ target, exists: existsSync(join(dirname(page), target)) }).toEqual({ target, exists: true });
  });
});
