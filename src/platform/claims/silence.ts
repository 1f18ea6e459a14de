import { namesScopeElsewhere, tellsOfSilenceElsewhere } from './silence-by-language.js';

// Of statements in English as `plainly` writes them: with single spaces and straight apostrophes.

/** What only texts do: whoever does not mention something is a text. */
const TELL =
  'say|mention|describe|specif|explain|state|tell|answer|address|discuss|document|indicate|clarif|elaborate|detail|cover|suggest';
/** What "it" and "they" do only if they are texts: "It does not specify a type" may be of a request. */
const SPEAK = 'say|mention|describe|explain|discuss|elaborate|clarif';
/** What folders and images do as well. */
const HOLD = 'contain|include|provide|give|list|define|show|offer|hold|have(?! to\\b)|go into';
const NOT = "(?:(?:do|does|did|can|could)(?: not|n't)|cannot|can't|never|fails? to)";
const IS_NOT = "(?:(?:is|are|was|were)(?: not|n't)|'(?:s|re) not)";
const ADVERBS = '(?: (?:\\w+ly|yet|even|also|itself|(?:seem|appear) to))*';

const THE = "(?:the|this|these|that|those|your|its|any|all|[\\w.]{1,40}'s)";
const PARTS = '(?:documents?|sources?|passages?|excerpts?|sections?|pages?)';
const GIVEN = '(?:provided|given|available|supplied|retrieved|above)';
/** "Documents" that nobody gave may be the project's own matter. */
const GIVEN_TEXTS = `(?:${THE} )?${GIVEN}(?: [\\w.'’-]+){0,2}? (?:documentation|docs|${PARTS}|context|material|information|texts?)`;
const TEXTS_GIVEN = `(?:the|this|these|those) (?:${PARTS}|context|material) (?:(?:(?:that|which) )?(?:i|you) (?:was|were|have|had|can|provided|gave)|${GIVEN})`;
/** The documentation as answers speak of it. */
const DOCUMENTATION = `(?:${THE}(?: [\\w.'’-]+){0,3}? (?:documentation|docs)|${GIVEN_TEXTS}|${TEXTS_GIVEN})(?: (?:${PARTS}|snippets?))?`;
/** What may stand behind it and leaves its meaning, as "that I have" and "for this version" do. "folder" does not. */
const QUALIFIED = `(?: (?:(?:that|which) )?(?:i|you|we|was|were|${GIVEN}|shown|here|for|of|on|about|in|at|from)(?: (?!(?:that|which|it|they|is|are|if|${TELL})|says\\b)[^ ,;]+){0,6}?)?`;

const INFORMATION =
  '(?:mention|indication|information|details?|references?|descriptions?|explanations?|instructions?|guidance|examples?|sections?|statements?|documentation|evidence)';
const TOLD =
  '(?:mentioned|covered|described|documented|specified|stated|explained|addressed|discussed|detailed|listed|defined|included|provided|given|found|answered|available|contained|present)';
const NOT_TOLD = `(?:${NOT}${ADVERBS} (?:${TELL})|(?:say|tell|mention)s? nothing|(?:${TELL}|${HOLD})s? neither\\b)`;
const NOT_HELD = `(?:${NOT}${ADVERBS} (?:${HOLD})|(?:has|have|holds?|contains?|includes?|provides?|gives?|offers?|makes?) (?:no|nothing)\\b|lacks?\\b|omits?\\b|(?:is|are|remains?) (?:silent|unclear)\\b|${IS_NOT} (?:clear|explicit|specific)\\b)`;
/** Not in "It is 5 MB, which is not mentioned". */
const WHAT_IS_NOT =
  "(?:(?:whether|how|what|when|where|which|who|why)\\b.*?|(?:that\\b)?(?:(?!\\b(?:is|are|was|were|can|will|must|has|have|which|that)\\b|'s not\\b).)*?)";

const FORMS = [
  `${DOCUMENTATION}${QUALIFIED}${ADVERBS} (?:${NOT_TOLD}|${NOT_HELD})`,
  `(?:documentation|docs|(?:the|these|those) (?:${PARTS}|context))${ADVERBS} ${NOT_TOLD}`,
  `(?:it|they)${ADVERBS} (?:${NOT}${ADVERBS} (?:${SPEAK})|says? nothing)`,
  `(?:the|these|those) ${PARTS}${ADVERBS} ${NOT}${ADVERBS} (?:${HOLD})\\w* (?:any |enough |sufficient )?${INFORMATION}\\b`,
  `(?:nothing|none|no \\w+) (?:in|of) ${DOCUMENTATION}${QUALIFIED} (?:${TELL}|${HOLD})`,
  `none of (?:the|these|those) ${PARTS} (?:${TELL})`,
  `no (?:\\w+ )?${INFORMATION}\\b.*\\b${DOCUMENTATION}`,
  // "Whether it does is not mentioned in the documentation"
  `${WHAT_IS_NOT} ?(?:\\b${IS_NOT}|\\b(?:cannot|can't|could not|couldn't) be|'s not)${ADVERBS}(?: ${TOLD}\\b[^,;]{0,20}?)? (?:in|by|within|from) ${DOCUMENTATION}${QUALIFIED}\\W*$`,
  `not(?: yet)? ${TOLD} (?:in|by) ${DOCUMENTATION}${QUALIFIED}\\W*$`,
  `[^,;]{1,40}?(?: |(?='))${IS_NOT}${ADVERBS} documented\\W*$`,
  `i (?:(?:do|did|can|could)(?: not|n't)|cannot|can't)${ADVERBS} (?:${TELL}|find|see|have(?! to\\b)|know|provide|give|determine|confirm|verify|locate|help|run|execute|browse|test)`,
  "i(?:'m| am| was) (?:unable|not (?:able|sure|aware|certain))\\b|i wasn't able\\b",
  'i (?:found|see|have|know(?: of)?) (?:no|nothing)\\b|i would need (?:more|further|a|the)\\b',
  "it(?:'s| is| remains) (?:unclear|not clear)\\b",
  // Not of data: "What is missing is replaced with null".
  "(?:what(?:'s| is)(?: still)? missing|missing)(?: (?:here|from .{0,40}?))?(?: (?:is|are)\\b(?! \\w+ed\\b)|\\W*$)",
];
const SILENCE = new RegExp(`^(?:${FORMS.join('|')})`, 'i');

const THERE_IS_NO =
  "^there(?: (?:is|are|was|were) (?:no|nothing|not (?:any|enough))| (?:is|are|was|were)n't (?:any|enough|an?)|'s (?:no|nothing))\\b";
const NO_MENTION = new RegExp(`${THERE_IS_NO}(?: \\w+)? (?:mention|indication|documentation)\\b`, 'i');
const NO_INFORMATION = new RegExp(`${THERE_IS_NO}(?: \\w+){0,2}? ${INFORMATION}\\b`, 'i');
const NOTHING_THERE = new RegExp(`${THERE_IS_NO}.* (?:in|from) ${DOCUMENTATION}${QUALIFIED}\\W*$`, 'i');
const NAMED = new RegExp(`\\b${DOCUMENTATION}`, 'i');
/** "Based on the provided documentation, …", "For HTTP/3, …" */
const SCOPE = new RegExp(
  `^(?:(?:based on|according to|at least|judging|in|from|within) )+(?:(?:in|from) )?${DOCUMENTATION}${QUALIFIED}\\W*$|^as far as i can (?:see|tell)\\W*$|^(?:for|regarding|concerning|as for) [^,;]{1,60}\\W*$`,
  'i',
);

/**
 * Whether a statement says no more than that the documentation does not: which is in none of its passages.
 *
 * @param sentence the one that it is of, which may name the documentation elsewhere
 */
export const tellsOfSilence = (statement: string, sentence: string): boolean =>
  SILENCE.test(statement) ||
  NO_MENTION.test(statement) ||
  NOTHING_THERE.test(statement) ||
  (NO_INFORMATION.test(statement) && NAMED.test(sentence)) ||
  tellsOfSilenceElsewhere(statement);

/** Whether a statement only names what was looked at. */
export const namesScope = (statement: string): boolean => SCOPE.test(statement) || namesScopeElsewhere(statement);
