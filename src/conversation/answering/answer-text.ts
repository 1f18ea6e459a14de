import { setImmediate as pause } from 'node:timers/promises';

import { createClaimFinder } from '../../platform/claims/claim-finder.js';
import { createMarkerFilter } from '../../platform/claims/marker-filter.js';
import type { CitationVerdict } from '../message.enums.js';
import type { StoredSource } from '../message-source.js';
import { checkClaim, type CheckedCitation } from './check-claim.js';

/** Of one answer at most: whoever writes more markers does not cite. */
const MAX_CITATIONS = 500;

/** The text of an answer as it comes, without markers of sources that it does not have, and its citations. */
export interface AnswerText {
  readonly content: string;
  /** In their order; of more than 500, the first 500. */
  readonly cited: readonly CheckedCitation[];
  /** What it may cite: nothing, until this is called. */
  mayCite(sources: readonly StoredSource[]): void;
  push(more: string): void;
  /** Takes what was held back of a marker or a character as it is: nothing comes any more. */
  end(): void;
  /**
   * Checks the claims whose sentences are complete in `content`, a beginning of the text.
   * @param isWhole whether nothing comes any more: then the last sentence is complete as well
   * @param brokenOff whether the model had more to say: then the last sentence may be a part of one
   */
  check(content: string, isWhole: boolean, brokenOff: boolean): Promise<void>;
  /** What the judge says to each of the citations; null: nothing. */
  judge(judged: readonly (CitationVerdict | null)[]): void;
}

export function createAnswerText(): AnswerText {
  let content = '';
  /** The first half of a surrogate pair that came in two parts: it is text once the second one is there. */
  let half = '';
  let available: readonly StoredSource[] = [];
  const filter = createMarkerFilter((index) => index >= 1 && index <= available.length);
  let finder = createClaimFinder(0);
  let cited: CheckedCitation[] = [];

  return {
    get content() {
      return content;
    },
    get cited() {
      return cited;
    },
    mayCite(sources) {
      available = sources;
      finder = createClaimFinder(sources.length);
    },
    push(more) {
      // NUL and halves of characters cannot be stored, and no answer needs them.
      const text = half + more.replaceAll('\0', '');
      half = /[\uD800-\uDBFF]$/.test(text) ? text.slice(-1) : '';
      content += filter.push(text.slice(0, text.length - half.length).toWellFormed());
    },
    end() {
      content += filter.push(half.toWellFormed()) + filter.end();
      half = '';
    },
    async check(text, isWhole, brokenOff) {
      if (cited.length >= MAX_CITATIONS) return;
      for (const claim of finder.find(text, filter.dropped, isWhole, brokenOff)) {
        const markers = claim.markers.slice(0, MAX_CITATIONS - cited.length);
        cited.push(...checkClaim({ ...claim, markers }, available));
        // Others want to get on while there is much to check.
        await pause();
      }
    },
    judge(judged) {
      cited = cited.map((each, position) => ({
        ...each,
        citation: { ...each.citation, judgeVerdict: judged[position] ?? null },
      }));
    },
  };
}
