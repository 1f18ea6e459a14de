import { type Block, readBlocks, TEXT_START } from './blocks.js';
import { isLabel, isTopic, listsSources } from './claim-words.js';
import { type Span, withoutMarkers } from './claims.js';
import { breaksOffIn, readSentences, type Sentence } from './sentences.js';
import { answersAnything, isConcrete, isSilence, makesClaim } from './statements.js';

/**
 * The sentences of an answer that say something and cite nothing. What says nothing that wants a source: headings,
 * questions, code, lists of the sources, what announces a list, courtesies, and that the documentation is silent.
 *
 * @param cited claims that have a citation, wherever its marker stands or stood
 * @param brokenOff whether the text ended in mid-sentence: nobody knows what that would have cited
 */
export function findUncitedClaims(
  text: string,
  sourceCount: number,
  cited: readonly Span[],
  brokenOff = false,
): Span[] {
  return sentencesIn(text, readBlocks(text, TEXT_START, true).blocks, sourceCount)
    .filter((sentence) => sentence.markers.length === 0 && !sentence.isListed && !sentence.isHead)
    .filter((sentence) => !(brokenOff && breaksOffIn(text, sentence)))
    .filter(({ start, end }) => !cited.some((claim) => claim.start < end && claim.end > start))
    .filter(({ start, end }) => makesClaim(text.slice(start, end)))
    .map(({ start, end }) => ({ start, end }));
}

/** Whether an answer, whatever it cites, says that the documentation is silent, and nothing that could answer. */
export function isAbstention(text: string, sourceCount: number): boolean {
  const { blocks } = readBlocks(text, TEXT_START, true);
  const said = sentencesIn(text, blocks, sourceCount)
    .map((sentence) => ({ ...sentence, text: withoutMarkers(text, sentence, sentence.markers) }))
    // What stands in a list of sources may be an answer all the same, unless it only names something.
    .filter((sentence) => !(sentence.isListed && isLabel(sentence.text)))
    .map((sentence) => sentence.text);
  const headings = blocks.filter(isHeading).map(({ start, end }) => text.slice(start, end));
  const answers = said.some(answersAnything) || headings.some(isConcrete) || hasCode(text, blocks);
  return said.some(isSilence) && !answers;
}

const isHeading = ({ kind }: Block): boolean => kind === 'heading' || kind === 'underlined';

/** Whether there is anything between the blocks: code, above all. */
function hasCode(text: string, blocks: readonly Block[]): boolean {
  const rest = blocks.reduceRight((left, { lineStart, end }) => left.slice(0, lineStart) + left.slice(end), text);
  return /[\p{L}\p{N}]/u.test(rest);
}

interface ListedSentence extends Sentence {
  /** Whether it is in a list of the sources. */
  isListed: boolean;
  /** Whether it only heads the rest of a list item: "**Attach it to a route.** It takes …". */
  isHead: boolean;
}

const HEAD = /^(\*\*|__)(?:(?!\1).)*\1$/;

/** All but headings. */
function sentencesIn(text: string, blocks: readonly Block[], sourceCount: number): ListedSentence[] {
  let isListed = false;
  return blocks.flatMap((block) => {
    isListed = listsSources(text.slice(block.start, block.end), block.kind, isListed);
    if (isHeading(block)) return [];
    return readSentences(text, block, sourceCount, []).map((sentence, index, { length }) => {
      const said = text.slice(sentence.start, sentence.end);
      const isHead = block.kind === 'item' && index === 0 && length > 1 && HEAD.test(said) && isTopic(said);
      return { ...sentence, isListed, isHead };
    });
  });
}
