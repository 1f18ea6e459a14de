import { ReadableStream } from 'node:stream/web';
import { isQuestion } from '../../claims/claim-words.js';
import { type CitedSentence, closestSentences, contentWords } from './closest-sentences.js';
import { parsePromptText } from '../prompt-markup.js';
import { countTokens } from '../../text/count-tokens.js';
import type { ModelPart, ModelPrompt, ModelStream, ProviderModel } from '../provider-model.js';

/** The name that the builtin provider's one model is stored under. */
export const BUILTIN_MODEL_NAME = 'extractive';

/** The reason that it gives for having ended where it has nothing to quote. */
export const ABSTAINED = 'abstained';

const WHAT_IT_IS =
  "These are the closest sentences in this project's documents; choose a language model for a written answer.";
const NOTHING_CLOSE =
  'No sentence in the passages found comes close to this question; choose a language model for a written answer.';

/** What it says of itself: no claims about the project. */
export const BUILTIN_REMARKS: readonly string[] = [WHAT_IT_IS, NOTHING_CLOSE];

/**
 * A model that needs no download, no key and no network: it quotes the passages' closest sentences and says so, or says
 * that none comes close. It takes the same prompt as every other model, and its answer streams through the same code.
 */
export function createBuiltinModel(): ProviderModel {
  return {
    specificationVersion: 'v4',
    provider: 'builtin',
    modelId: BUILTIN_MODEL_NAME,
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('The builtin model only streams')),
    doStream: async ({ prompt }) => ({ stream: streamOf(prompt) }),
  };
}

function streamOf(prompt: ModelPrompt): ModelStream {
  const contents = prompt.map(textOf);
  const earlier = contents.filter((_, index) => prompt[index]!.role === 'user').slice(0, -1);
  const answer = answerTo(contents.at(-1) ?? '', earlier);
  const parts: ModelPart[] = [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: 'answer' },
    ...wordGroups(answer).map((delta): ModelPart => ({ type: 'text-delta', id: 'answer', delta })),
    { type: 'text-end', id: 'answer' },
    {
      type: 'finish',
      finishReason: { unified: 'stop', raw: answer === NOTHING_CLOSE ? ABSTAINED : 'stop' },
      usage: usageOf(contents.join('\n'), answer),
    },
  ];
  return ReadableStream.from(parts) as ModelStream;
}

/** @param earlier the questions before it: "why?" is about the last one that says what it is about */
function answerTo(content: string, earlier: readonly string[]): string {
  const { passages, question } = parsePromptText(content);
  const says = [...earlier, question].findLast((text) => contentWords(text).size > 0);
  const sentences = closestSentences(passages, says ?? question);
  if (sentences.length === 0) return NOTHING_CLOSE;
  return [...sentences.map(toItem), '', WHAT_IT_IS].join('\n');
}

/** A list item; code stays a block, so that it can be copied, between fences that nothing in it can close. */
function toItem(sentence: CitedSentence, position: number, all: readonly CitedSentence[]): string {
  const { code, number, index } = sentence;
  const text = goesOn(sentence, all[position - 1]) ? sentence.text : withHeading(sentence);
  // A question that the list below it answers says nothing that could be cited.
  const said = isQuestion(text) && !code ? text : withMarker(text || 'See:', index);
  const item = number ? `- ${number} ${said}` : `- ${said}`;
  if (!code) return item;
  const longest = Math.max(2, ...Array.from(code.text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [item, ...[fence + code.language, ...code.text.split('\n'), fence].map((line) => `  ${line}`)].join('\n');
}

/** With the heading that it needs, unless it says that itself. */
function withHeading({ text, heading }: CitedSentence): string {
  const words = contentWords(text);
  if ([...contentWords(heading)].every((word) => words.has(word))) return text;
  if (text === '') return `${heading.replace(/:$/, '')}:`;
  return isQuestion(heading) ? `${heading} ${text}` : `${heading.replace(/[.:]$/, '')}: ${text}`;
}

/** Whether it is of the same list as the one before. */
function goesOn({ list, index }: CitedSentence, before: CitedSentence | undefined): boolean {
  return list !== null && before?.list === list && before.index === index;
}

/** Puts the marker before the full stop or colon, so that whoever cuts the answer leaves it with its sentence. */
function withMarker(sentence: string, index: number): string {
  const [, body = sentence, stop = ''] = /^(.*?)([.!?:。！？：]?)$/s.exec(sentence) ?? [];
  return `${body} [${index}]${stop}`;
}

function wordGroups(text: string): string[] {
  return text.match(/\s*(?:\S+\s*){1,4}/g) ?? [];
}

function textOf({ content }: ModelPrompt[number]): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function usageOf(input: string, output: string) {
  const inputTokens = countTokens(input);
  const outputTokens = countTokens(output);
  return {
    inputTokens: { total: inputTokens, noCache: inputTokens, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: outputTokens, text: outputTokens, reasoning: undefined },
  };
}
