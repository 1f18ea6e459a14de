// Of statements as `plainly` writes them: with single spaces and straight apostrophes.

const COURTESY =
  /^(?:i hope|hope (?:this|that|it)|let me (?:know|explain)|let's break (?:it|this) down|feel free|please (?:let|feel)|happy to|good luck with your|i(?:'m|'d be|'ll be| am| would be| will be) (?:happy|glad) to|i(?:'ll| can| could| will)(?: also)? (?:try|help|walk you|show|give) |you're welcome|if you(?:'d like|(?: would)? (?:have|need|want|like) (?:any|more|further)|(?: can| could)? share)|this should (?:help|(?:solve|fix|answer) your)|ich hoffe)\b|^(?:es|das|dies) hilft (?:dir|ihnen)(?: weiter)?\W*$/i;
/** Of the answer itself, and who gives it. */
const OF_ITSELF =
  /^(?:(?:as )?an ai\b|this (?:answer|response|summary) (?:is|was) based on|i (?:looked|searched|checked|reviewed)\b)/i;
const INTRODUCTION = /^(?:here(?: is| are|'s| you go)|hier (?:ist|sind))\b/i;
/** "Then run the following command.": what it says comes below. */
const ANNOUNCEMENT =
  /^(?:(?:then|now|next|first|finally),? )?(?:(?:run|use|consider|try|see|add|execute|note|take|look at|let's (?:look at|see|consider))\b[^`\d]{0,20}?\b(?:following|example|below)|below (?:is|are)|the following|there are (?:two|three|several) (?:ways|options) to)\b(?: [\w'-]+){0,3}\W*$/i;
const REFERENCE =
  /^(?:(?:see|refer to|consult|siehe)(?= )(?! that)|for (?:more|further|additional|full|complete)|weitere (?:informationen|details) (?:finden|findest|gibt|stehen))\b/i;

const WHO =
  "(?:you(?:'d|'ll| can| could| may| might| will| should| would)(?: also)?(?: (?:want|wish|need|have) to)?|i(?:'d| would)? (?:recommend|suggest)|please|consider)";
const LOOK = '(?:find|read|check|see|visit|consult|contact|ask|refer to|look (?:at|in|into))(?:ing)?';
/** Where else one may look, or whom one may ask. */
const ELSEWHERE =
  'documentation|docs|readme|website|site|maintainers?|authors?|community|forum|repository|issue tracker|changelog|reference|guide|support team';
/** What is found there. */
const MORE = '(?:more|further|additional)(?: (?:information|details?|about|on|examples?))?';
/** "You may want to ask the maintainers", "More details can be found in the reference". */
const REFERRAL = new RegExp(
  `^(?:${WHO} ${LOOK}|(?:check|visit|read)(?: out)?(?= (?:the|its|their)\\b)|more (?:information|details?)(?: on [^,;]{1,40})? (?:is available|(?:can|may) be found))\\b(?:(?!\\b(?:that|before|if)\\b)[^\`\\d])*\\b(?:${ELSEWHERE})\\b[^\`\\d]*$|^${WHO} (?:find|read) ${MORE}\\b[^\`\\d]*$`,
  'i',
);
/** In other languages: "I hope this helps", "If you have questions, do not hesitate", "For more information, see". */
const IN_OTHER_LANGUAGES = new RegExp(
  `^(?:${[
    "(?:j'espère que (?:cela|ça)|espero que (?:esto|te|le|isso|ajude)|spero che (?:questo|ti|vi)|ik hoop dat dit)[^`\\d]{0,40}$",
    "n'hésitez pas|no dud(?:e|es) en|non esit(?:are|i) a|não hesite em|laat (?:het )?(?:me|mij)",
    "(?:wenn|falls) (?:sie|du) (?:noch |weitere )+fragen|si (?:vous avez d'autres questions|tienes? (?:más|otras) preguntas)|se (?:hai|avete|ha) altre domande|se (?:você )?tiver (?:mais|outras) (?:dúvidas|perguntas)|als (?:u|je) (?:nog |meer |verdere )+vragen",
    '(?:stehe|helfe) ich (?:ihnen|dir)? ?gern|je suis à votre disposition',
    "weitere (?:informationen|details) finden|pour plus d(?:'informations|e détails)|para (?:más (?:información|detalles)|mais (?:informações|detalhes))|per (?:ulteriori|maggiori) (?:informazioni|dettagli)|voor meer (?:informatie|details)",
    '(?:consulte[zr]?|consultare|veuillez consulter|reportez-vous|véase|veja|vedi|zie|raadpleeg) [^`\\d]*$',
    '(?:如果您?(?:还)?有(?:其他|更多)(?:问题|疑问)|希望(?:这|对您)|更多信息|详情请|请参[阅考]|詳細は|詳しくは)[^`\\d]*$',
  ].join('|')})`,
  'i',
);
const REMARKS = [COURTESY, OF_ITSELF, INTRODUCTION, ANNOUNCEMENT, REFERENCE, REFERRAL, IN_OTHER_LANGUAGES];

/** Whether a statement is spoken to the reader, or only points somewhere: what it says is in no source. */
export const isRemark = (statement: string): boolean => REMARKS.some((form) => form.test(statement));

/** Near its end, what a list or code below it would be: "like this", "follow these steps", "the options are". */
const BELOW =
  /^the following\b|\b(?:following|follows|like this|below|here|examples?|steps?|options?|points)(?:\s[\p{L}'’-]+){0,2}\W*$|\b(?:is|are)\W*$/iu;

/** Whether a statement with a colon behind it only announces what comes below. One with code or a number says more. */
export const announces = (statement: string): boolean => BELOW.test(statement) && !/[`\d]/.test(statement);
