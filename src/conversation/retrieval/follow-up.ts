/** Words that do not tell what a question is about: "can you show me an example?" is about what went before. */
const FILLERS = new Set(
  (
    'also clearer detail details elaborate else exactly example examples explain explanation give happen happens know let ' +
    'list make mean means need please possible put say shorter show simpler something step steps summarize summary sure ' +
    'tell thank thanks thing things try use using via want way ways without work works wrong yes'
  ).split(' '),
);

/** A question with so many words of its own says itself what it is about. */
const ENOUGH_WORDS = 5;
/** Words carried over from one earlier question at most. */
const MAX_CARRIED = 4;

const CONNECTIVES =
  /^(?:and|but|or|so|then|also|plus|ok|okay|yes|no|otherwise|(?:what|how) about|what if|(?:what|how|who|where|anything) else)\b/;
const FULL_QUESTION =
  /^(?:and|but|so|then|also) (?:how|what|which|when|where|why|who|can|could|do|does|did|is|are|should|will|would)\b/;
const PREPOSITIONS = /^(?:after|as|at|before|by|during|for|from|in|on|to|under|using|via|with|without)\b/;
const POINTERS =
  /\b(?:its?|they|them|theirs?|these|those|same|instead|former|latter|another|others?|neither|either|both)\b|\b(?:that|there|this|then|too|again)$|\b(?:which|this|that|the \w+) ones?\b/;
/** "Does that work?" and "rewrite that with types", but neither "a hook that runs first" nor "this project". */
const POINTING_THAT =
  /(?:^|\b(?:about|after|are|before|can|could|did|do|does|for|from|how|if|in|is|like|of|on|than|to|was|what's|why|will|with|would) )(?:that|this)\b(?! (?:project|library|package|tool|program|service|software|documentation|repository)\b)|\b(?:that|this) (?:in|into|to|with|using|for|as|without)\b/;
const DEFINITION = /^(?:what|who|where)(?:'s| is| are) (?!the\b)/;
/** Words that only English has: whoever uses none may have written the pointers of another language. */
const ENGLISH = /\b(?:the|how|what|does|are|can|why|which|when|where|with|should|it|this|that|you|from|there|they)\b/;

/**
 * Whether only its conversation tells what a question is about: "and on Windows?", "why?", "how do I undo it?". This is
 * read off its form alone, in English; null where that cannot tell, as in another language.
 *
 * @param contentWords its words that mean something
 */
export function leansOnConversation(question: string, contentWords: readonly string[]): boolean | null {
  const text = question.toLowerCase().replaceAll('’', "'").trim();
  const plain = text.replace(/[^\p{L}\p{N}']+/gu, ' ').trim();
  const length = plain.split(' ').length;
  const own = contentWords.filter((word) => !FILLERS.has(word)).length;
  if (own === 0) return true;
  if (!ENGLISH.test(plain) && own > 1) return own < ENOUGH_WORDS && CONNECTIVES.test(plain) ? true : null;
  if (own >= ENOUGH_WORDS) return false;
  if (POINTERS.test(plain) || POINTING_THAT.test(plain)) return true;
  if (CONNECTIVES.test(plain)) return own < ENOUGH_WORDS - 2 || !FULL_QUESTION.test(plain);
  if (own > 1) return false;
  if (length <= 4 && PREPOSITIONS.test(plain)) return true;
  if (length <= 5 && /^(?:what|which|who|where|how|why)\b.* the \w+$/.test(plain)) return true;
  // Without a question mark, one word is what somebody looks for.
  return length <= 3 && text.endsWith('?') && !DEFINITION.test(plain);
}

/** A question before this one, and its words that mean something. */
export interface EarlierQuestion {
  text: string;
  /** How many passages of the project hold each word. */
  words: readonly { text: string; passages: number }[];
}

/**
 * What a question that leans on its conversation leaves out: the rarest words of the question before it, at most four
 * that the project's passages hold; and of the one before that, where that one leans on it in turn.
 *
 * @param earlier the newest first
 */
export function carriedWords(own: readonly string[], earlier: readonly EarlierQuestion[]): string[] {
  const taken = new Set(own);
  const carried: string[] = [];
  for (const { text, words } of earlier) {
    const known = words.filter((word) => word.passages > 0 && !FILLERS.has(word.text) && !taken.has(word.text));
    const rarest = [...known].sort((a, b) => a.passages - b.passages).slice(0, MAX_CARRIED);
    // In their order, as somebody would have asked.
    for (const word of known.filter((each) => rarest.includes(each))) {
      taken.add(word.text);
      carried.push(word.text);
    }
    const itsOwn = words.map((word) => word.text);
    if (leansOnConversation(text, itsOwn) !== true) break;
  }
  return carried;
}
