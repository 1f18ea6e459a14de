import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

export interface Question {
  id: string;
  text: string;
  /** By document; 1 or more. Documents that the collection lacks are among them: nobody can find those. */
  grades: Map<string, number>;
}

export interface Collection {
  /** The folder's. */
  name: string;
  /** Content by path. */
  files: Record<string, string>;
  idOfPath: Map<string, string>;
  /** Those with at least one document that answers them. */
  questions: Question[];
}

/**
 * Reads a folder with `docs.jsonl {id,title,text}`, `queries.jsonl {id,text}` and `qrels.tsv`: query id, document id and
 * grade in each line (or query id, iteration, document id and grade, as TREC has it), with or without a line of headings.
 */
export async function readCollection(folder: string): Promise<Collection> {
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const [docs, queries, qrels] = await Promise.all(['docs.jsonl', 'queries.jsonl', 'qrels.tsv'].map(read));
  const idOfPath = new Map<string, string>();
  const files: Record<string, string> = {};
  for (const { id, title, text } of linesOf(docs!).map(parseRecord)) {
    const path = pathOf(id);
    idOfPath.set(path, id);
    files[path] = toMarkdown(title, text);
  }
  const judgements = readJudgements(qrels!);
  const questions = linesOf(queries!)
    .map(parseRecord)
    .map(({ id, text }) => ({ id, text, grades: judgements.get(id) ?? new Map<string, number>() }))
    .filter(({ grades }) => grades.size > 0);
  return { name: basename(resolve(folder)), files, idOfPath, questions };
}

/** A plain file name for any id: two ids never share one. */
function pathOf(id: string): string {
  const plain = id.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 80);
  return plain === id && id !== ''
    ? `${id}.md`
    : `${plain}.${createHash('sha256').update(id).digest('hex').slice(0, 16)}.md`;
}

function toMarkdown(title = '', text = ''): string {
  const heading = title.replaceAll(/\s+/g, ' ').trim();
  return heading === '' ? `${text}\n` : `# ${heading}\n\n${text}\n`;
}

function readJudgements(qrels: string): Map<string, Map<string, number>> {
  const judgements = new Map<string, Map<string, number>>();
  for (const line of linesOf(qrels)) {
    const columns = line.trim().split(line.includes('\t') ? '\t' : /\s+/);
    const [query = '', document = '', score = ''] = columns.length === 4 ? columns.toSpliced(1, 1) : columns;
    const grade = Number(score);
    // Not for the headings, whose grade is a word, nor for what was judged and found to be no answer.
    if (grade > 0) judgements.set(query, (judgements.get(query) ?? new Map<string, number>()).set(document, grade));
  }
  return judgements;
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function parseRecord(line: string): { id: string; title?: string; text: string } {
  const record = JSON.parse(line) as { id: string | number; title?: string; text?: string };
  return { ...record, id: String(record.id), text: record.text ?? '' };
}
