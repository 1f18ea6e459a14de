import type { Client } from 'pg';

/** ibid, PostGraphile, and a bare server: with the one statement that gives all, and with one for each level. */
export const KINDS = ['ibid', 'postgraphile', 'single', 'levels'] as const;
export type Kind = (typeof KINDS)[number];

/** Sends a body and gives the text of the answer. @throws when the answer is not 200, or has errors */
export type Send = (body: string) => Promise<string>;
/** The question of this number, of as many as there are; they differ, so that no server answers from memory. */
export type Ask = (send: Send, number: number) => Promise<string>;

/** A statement of a bare server, prepared under its name. */
export type Query = (name: string, text: string, values: readonly unknown[]) => Promise<any[]>;
export type Variables = Record<string, any>;

/** What is asked, and how each server is asked for it. */
export interface Shape {
  readonly key: string;
  readonly title: string;
  /** What the questions are about: read once from the database, or by asking. */
  prepare(database: Client, sends: Readonly<Record<Kind, Send>>): Promise<Record<Kind, Ask>>;
  /** The data of an answer in the same form, whoever gave it. */
  readonly read: { ibid(data: any): unknown; postgraphile(data: any): unknown; bare(data: any): unknown };
  /** The bare server's answers, as JSON text or as a value. */
  single(query: Query, variables: Variables): Promise<unknown>;
  levels(query: Query, variables: Variables): Promise<unknown>;
}

/** A GraphQL document with the variables of each question. */
export function graphql(query: string, variables: readonly Variables[]): Ask {
  return among(variables.map((each) => ({ query, variables: each })));
}

/** The variables of each question to a bare server. */
export function bare(shape: string, variables: readonly Variables[]): Ask {
  return among(variables.map((each) => ({ shape, ...each })));
}

function among(bodies: readonly unknown[]): Ask {
  const texts = bodies.map((body) => JSON.stringify(body));
  return (send, number) => send(texts[number % texts.length]!);
}

/** Both ways of a bare server are asked the same. */
export function asks(ibid: Ask, postgraphile: Ask, ofBare: Ask): Record<Kind, Ask> {
  return { ibid, postgraphile, single: ofBare, levels: ofBare };
}

/** The same of two servers' ways to write a time. */
export const time = (text: string): string => new Date(text).toISOString();
