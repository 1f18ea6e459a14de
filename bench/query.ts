import { post } from '../test/support/graphql-clients.js';
import type { Values } from '../test/support/test-app.js';

/** The data of an operation. @throws where it has errors */
export async function query(url: string, document: string, variables: Values): Promise<Values> {
  const { data, errors } = await post(url, document, variables);
  if (errors || !data) throw new Error(JSON.stringify(errors));
  return data;
}
