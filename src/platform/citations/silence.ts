/** What only texts do: whoever does not mention something is a text. */
const TELL =
  'say|mention|describe|specif|explain|state|tell|answer|address|discuss|document|indicate|clarif|elaborate|detail|cover';
/** What folders and images do as well. */
const HOLD = 'contain|include|provide|give|list|define|show|offer|hold|have(?!\\s+to\\b)|go\\s+into';
const NOT = "(?:(?:do|does|did|can|could)(?:\\s+not|n['’]t)|cannot|can['’]t|never|fails?\\s+to)";
const ADVERBS = '(?:\\s+(?:\\w+ly|yet|even|also|itself|(?:seem|appear)\\s+to))*';

const THE = "(?:the|this|these|that|those|your|its|any|all|[\\w.]{1,40}['’]s)";
const PARTS = 'documents?|sources?|passages?|excerpts?|sections?|pages?';
/** The documentation as answers speak of it. "Documents" that nobody gave may be the project's own matter. */
const DOCUMENTATION = `(?:${THE}(?:\\s+[\\w.'’-]+){0,3}?\\s+(?:documentation|docs)|(?:${THE}\\s+)?(?:provided|given|available|supplied|retrieved)(?:\\s+[\\w.'’-]+){0,2}?\\s+(?:documentation|docs|${PARTS}|context|material|information|texts?))(?:\\s+(?:${PARTS}|snippets?))?`;
/** What may stand behind it without making something else of it, as "folder" does: "that I have", "for this version". */
const QUALIFIED = `(?:\\s+(?:(?:that|which)\\s+)?(?:i|you|we|was|were|provided|available|given|supplied|shown|above|here|for|of|on|about|in|at|from)(?:\\s+(?!(?:that|which|it|they|is|are|if|${TELL})|says\\b)[^\\s,;]+){0,6}?)?`;

const NOT_TOLD = `(?:${NOT}${ADVERBS}\\s+(?:${TELL})|(?:say|tell|mention)s?\\s+nothing)`;
const NOT_HELD = `(?:${NOT}${ADVERBS}\\s+(?:${HOLD})|(?:has|have|holds?|contains?|includes?|provides?|gives?|offers?)\\s+(?:no|nothing)\\b|lacks?\\b|omits?\\b|(?:is|are|remains?)\\s+(?:silent|unclear)\\b|(?:is|are)(?:\\s+not|n['’]t)\\s+(?:clear|explicit|specific)\\b)`;
const INFORMATION =
  '(?:mention|indication|information|details?|references?|descriptions?|explanations?|instructions?|guidance|examples?|sections?|statements?|documentation|evidence)';
const TOLD =
  '(?:mentioned|covered|described|documented|specified|stated|explained|addressed|discussed|detailed|listed|defined|included|provided|given|found|answered|available|contained|present)';

const FORMS = [
  `${DOCUMENTATION}${QUALIFIED}${ADVERBS}\\s+(?:${NOT_TOLD}|${NOT_HELD})`,
  `(?:documentation|docs|(?:the|these|those)\\s+(?:${PARTS})|it|they)${ADVERBS}\\s+${NOT_TOLD}`,
  `(?:nothing|none|no\\s+\\w+)\\s+(?:in|of)\\s+${DOCUMENTATION}${QUALIFIED}\\s+(?:${TELL}|${HOLD})`,
  `no\\s+(?:\\w+\\s+)?${INFORMATION}\\b.*\\b${DOCUMENTATION}`,
  // "Whether it does is not mentioned in the documentation", but not "It is 5 MB, which is not …".
  `(?:(?:whether|how|what|when|where|which|who|why)\\b.*?|(?:that\\b)?(?:(?!\\b(?:is|are|was|were|can|will|must|has|have|which|that)\\b).)*?)\\s*\\b(?:(?:is|are|was|were)(?:\\s+not|n['’]t)|(?:cannot|can['’]t|could\\s+not|couldn['’]t)\\s+be)${ADVERBS}(?:\\s+${TOLD}\\b[^,;]{0,20}?)?\\s(?:in|by|within|from)\\s+${DOCUMENTATION}${QUALIFIED}\\W*$`,
  `(?:this|that|it|[^,;]{1,40}?)\\s+(?:is|are)(?:\\s+not|n['’]t)${ADVERBS}\\s+documented\\W*$`,
  "i\\s+(?:(?:do|did|can|could)(?:\\s+not|n['’]t)|cannot|can['’]t)" +
    `${ADVERBS}\\s+(?:${TELL}|find|see|have(?!\\s+to\\b)|know|provide|give|determine|confirm|verify|locate|help|run|execute|browse|test)`,
  "i(?:['’]m|\\s+am|\\s+was)\\s+(?:unable|not\\s+(?:able|sure|aware|certain))\\b",
  'i\\s+(?:found|see|have|know(?:\\s+of)?)\\s+(?:no\\b|nothing\\b)|i\\s+would\\s+need\\s+(?:more|further|a|the)\\b',
  "it(?:['’]s|\\s+is|\\s+remains)\\s+(?:unclear|not\\s+clear)\\b",
  "(?:what(?:['’]s|\\s+is)(?:\\s+still)?\\s+missing|missing)(?:\\s+(?:here|from\\s.{0,40}?))?(?:\\s+(?:is|are)\\b|\\W*$)",
];
const SILENCE = new RegExp(`^(?:${FORMS.join('|')})`, 'is');

const THERE_IS_NO = `^there(?:\\s+(?:is|are|was|were)\\s+(?:no|nothing|not\\s+(?:any|enough))|\\s+(?:is|are|was|were)n['’]t\\s+(?:any|enough|an?)|['’]s\\s+(?:no|nothing))\\b`;
const NO_MENTION = new RegExp(`${THERE_IS_NO}(?:\\s+\\w+)?\\s+(?:mention|indication|documentation)\\b`, 'i');
const NO_INFORMATION = new RegExp(`${THERE_IS_NO}(?:\\s+\\w+){0,2}?\\s+${INFORMATION}\\b`, 'i');
const NOTHING_THERE = new RegExp(`${THERE_IS_NO}.*\\s(?:in|from)\\s+${DOCUMENTATION}${QUALIFIED}\\W*$`, 'is');
const NAMED = new RegExp(`\\b${DOCUMENTATION}`, 'i');
/** "Based on the provided documentation, …", "For HTTP/3, …" */
const SCOPE = new RegExp(
  `^(?:(?:based\\s+on|according\\s+to|at\\s+least|judging|in|from|within)\\s)+(?:(?:in|from)\\s)?${DOCUMENTATION}${QUALIFIED}\\W*$|^as\\s+far\\s+as\\s+i\\s+can\\s+(?:see|tell)\\W*$|^(?:for|regarding|concerning|as\\s+for)\\s[^,;]{1,60}\\W*$`,
  'i',
);

/**
 * Whether a statement says no more than that the documentation does not: which is in none of its passages. In English only.
 *
 * @param sentence the one that it is of, which may name the documentation elsewhere
 */
export const tellsOfSilence = (statement: string, sentence: string): boolean =>
  SILENCE.test(statement) ||
  NO_MENTION.test(statement) ||
  NOTHING_THERE.test(statement) ||
  (NO_INFORMATION.test(statement) && NAMED.test(sentence));

/** Whether a statement only names what was looked at. */
export const namesScope = (statement: string): boolean => SCOPE.test(statement);
