import { hasContent, isClause, isLeadIn, isQuestion, isTitle, isTopic } from './claim-words.js';
import { isRemark } from './remarks.js';
import { namesScope, tellsOfSilence } from './silence.js';

/** Words that begin another statement within a sentence. */
const CONJUNCTIONS =
  'but|so(?! far)|yet|because|since|although|though|while|whereas|however|therefore|hence|thus|unless|except|besides|beyond|other than|apart from|aside from|only|just|merely|instead|aber|doch|jedoch|sondern|weil|daher|deshalb|außer|nur|mais|donc|pero|sino|porque|ma|quindi|perché|mas|portanto|maar|dus|omdat';
/** Where one statement of a sentence may end and another begin. */
const BORDER = new RegExp(
  `<br ?/?>|(?<=(?<!for example|instance),) |\\)|(?=\\()|(?=[;:；：](?: |$))|(?<=，)|(?<=(?:が|ので|ため)、)| (?=[–—-] )|(?=—)| (?=(?:and|und|et|y|e|en (?:de|het|een|er|dit|dat)|${CONJUNCTIONS})(?![\\p{L}\\p{N}]))`,
  'iu',
);
/** What is said behind these is said of its own, however short it is. */
const ADDS = new RegExp(`^(?:[;:；：–—-]|(?:and )?(?:${CONJUNCTIONS}|it|they|you|this|these|there)\\b)`, 'i');
/** More of what is not said: "… or on macOS", "… and how to undo it". */
const GOES_ON =
  /^(?:\(|and )?(?:nor|how|what|whether)\b|^(?:und|et|y|e|en) (?:wie|ob|comment|cómo|come|como|hoe) |^and (?:when|where|which|who|why|that)\b|^(?:\(|and )?(?:or|any|other|another|its|their|similar|related|such as|like|including|let alone|e\.?g|i\.?e|for (?:example|instance))\b(?!.*\b(?:is|are|was|were|has|have|can|could|will|would|should|must|may|might)\b)/i;
/** "The documentation, however, does not say." */
const ASIDE =
  /, (?:however|unfortunately|though|therefore|so far), (?=(?:do|does|did|is|are|can|could|has|have|says?)\b)/gi;
/** What is not told, which German parts from the rest by a comma: "…, ob es das gibt", "Ob es das gibt, …". */
const CLAUSE_OF_GERMAN =
  /,(?= (?:ob|dass|daß|wie|was(?! (?:bedeutet|heißt))|wann|wo|warum|welche[rsnm]?)\b)|(?<=^(?:ob|wie|was|wann|wo|warum|welche[rsnm]?) [^,]{1,120}),/i;
/** What is said behind the clause that it begins with is the point of the sentence. */
const SUBORDINATE = /^\W*(?:if|since|because|while|although|though|as)\b/i;
/** "Missing: the exact value" */
const MISSING = /^(\W*(?:what(?:'s| is) )?missing[*_]*): /i;
/** Code and numbers are what somebody would try. */
const CONCRETE = /[`\d]/;
/** What a sentence is of, as "For uploads, …" is: "**Uploads:** The documentation does not mention them". */
const LABEL = /^\W{0,9}\*\*[^*]{1,80}(?::\*\*|\*\* ?[:–—-]) /;

/** "Unfortunately, …" and "I am sorry, but …" in other languages. */
const SORRY =
  "(?:leider|(?:es )?tut mir leid|entschuldigung|malheureusement|(?:je suis )?désolée?|lo siento|lamentablemente|desafortunadamente|mi dispiace|purtroppo|infelizmente|desculpe|sinto muito|lamento|helaas|het spijt me)(?![\\p{L}'])|(?:很?抱歉|对不起|申し訳(?:ありません|ございません)が|残念ながら)[，、]?";

/** What a reply begins with before it says something: "Unfortunately, …", "I'm sorry, but …", "Great question!" */
const OPENING = new RegExp(
  `^(?:[ ,.!;:*_"'“«(–—-]+|(?:and|und|as|also|well|hello|hi|sorry|unfortunately|sure|certainly|absolutely|of course|ok(?:ay)?|even|(?:having )?said that|that said|(?:please )?(?:also )?(?:note|keep in mind) that|in addition|additionally|furthermore|at this time|beyond that|${CONJUNCTIONS})(?![\\w'])|(?:yes|no|ja|nein)(?= ?(?:[,.!–—]|$))|thank(?:s| you)(?: for [^,;.!]*)?|(?:(?:that|this)(?:'s| is) an? )?(?:great|good|excellent|interesting)(?: (?:question|point))?(?= ?[,.!])|i(?:'m| am) (?:sorry|afraid)(?: that)?|i apologi[sz]e|${SORRY})+`,
  'iu',
);

/** As the forms of statements are written: with single spaces and straight apostrophes. */
const plainly = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('’', "'");

const withoutOpening = (text: string): string => plainly(text).replace(OPENING, '');

type Excuse = 'silence' | 'remark';

/**
 * Why a sentence wants no source: it says that the documentation is silent, or is a remark, and states nothing
 * beside. null where it does state something: "The documentation does not say so, but you can pass `x`".
 */
function excuseOf(sentence: string): Excuse | null {
  // Of code, only that it is there: what looks like the end of a statement is none.
  const plain = plainly(sentence)
    .replace(/(?<!`)(`+)[^`]+\1/g, '`x y`')
    .replace(CLAUSE_OF_GERMAN, '')
    .replace(ASIDE, ' ')
    .replace(MISSING, '$1 is ');
  const statements = plain.split(BORDER).map((written) => ({ written, said: withoutOpening(written) }));
  let excuse: Excuse | null = null;
  for (const { written, said } of statements) {
    if (tellsOfSilence(said, plain)) excuse = 'silence';
    else if (isRemark(said)) excuse ??= 'remark';
    else if (excuse && !SUBORDINATE.test(plain) ? addsTo(written, said) : hasContent(said) && !namesScope(said))
      return null;
  }
  return excuse;
}

function addsTo(written: string, said: string): boolean {
  if (!hasContent(said) || namesScope(said)) return false;
  if (ADDS.test(written)) return true;
  return isClause(said) && (CONCRETE.test(said) || !GOES_ON.test(written));
}

/** Whether no source could carry a sentence: a courtesy, a pointer, or that the documentation does not tell. */
export const isExcused = (sentence: string): boolean =>
  excuseOf(sentence.replace(LABEL, (label) => (isTopic(label) ? '' : label))) !== null;

/** Whether a sentence says that the documentation does not, and nothing else. */
export const isSilence = (sentence: string): boolean => excuseOf(sentence) === 'silence';

/** Whether a text has in it what answers a question by itself, be it a heading. */
export const isConcrete = (text: string): boolean => CONCRETE.test(text) || /^\W*(?:yes|ja)\b/i.test(text);

/**
 * Whether anything in a sentence could be taken for an answer. Stricter than `makesClaim`: a single word could be
 * one, and so could code or a number in a question or a courtesy.
 */
export function answersAnything(sentence: string): boolean {
  if (isSilence(sentence)) return false;
  if (isConcrete(sentence)) return true;
  return !isTitle(sentence) && !isQuestion(sentence) && hasContent(withoutOpening(sentence)) && !isExcused(sentence);
}

/** Whether a sentence says something that wants a source. */
export const makesClaim = (sentence: string): boolean =>
  !isTitle(sentence) &&
  !isQuestion(sentence) &&
  !isLeadIn(sentence) &&
  isClause(sentence) &&
  hasContent(withoutOpening(sentence)) &&
  !isExcused(sentence);
