const COURTESY =
  /^(?:i hope|hope (?:this|that|it)|let me know|feel free|please (?:let|feel)|happy to|i(?:['’]m|['’]d be|['’]ll be| am| would be| will be) (?:happy|glad) to|i(?:['’]ll| can| will) (?:try|help)|you['’]re welcome|if you (?:have|need|want|would like) (?:any|more|further)|this should (?:help|(?:solve|fix|answer) your)|ich hoffe)\b|^(?:es|das|dies) hilft (?:dir|ihnen)(?: weiter)?\W*$/i;
/** Of the answer itself, and who gives it. */
const OF_ITSELF =
  /^(?:(?:as )?an ai (?:language )?(?:model|assistant)|this (?:answer|response|summary) (?:is|was) based on|i (?:looked|searched|checked|reviewed))\b/i;
const INTRODUCTION = /^(?:here(?: is| are|['’]s| you go)|hier (?:ist|sind))\b/i;
/** "Then run the following command.": what it says comes below. */
const ANNOUNCEMENT =
  /^(?:(?:then|now|next|first|finally),? )?(?:(?:run|use|consider|try|see|add|execute|note|take|look at|let['’]s (?:look at|see|consider))\b[^`\d]{0,20}?\b(?:following|example|below)|below (?:is|are)|the following)\b(?:\s[\w'’-]+){0,3}\W*$/i;
const REFERENCE =
  /^(?:(?:see|refer to|consult|siehe)|for (?:more|further|additional|full|complete)|weitere (?:informationen|details) (?:finden|findest|gibt|stehen))\b/i;
/** "You may want to ask the maintainers", "More details can be found in the reference". */
const REFERRAL =
  /^(?:you (?:can|could|may|might|will|should)(?: also)?(?: (?:want|wish) to)?|i(?:['’]d| would)? (?:recommend|suggest)|please|more (?:information|details?)(?: on [^,;]{1,40})? (?:can|may) be)\s(?:find|found|read|check|see|visit|consult|contact|ask|refer to|look (?:at|in|into))(?:ing)?\b(?:(?!\bthat\b)[^`\d])*\b(?:documentation|docs|website|site|maintainers?|authors?|team|community|forum|support|issues?|repository|changelog|reference|guide|pages?|sections?|details?|information)\b[^`\d]*$/i;
const REMARKS = [COURTESY, OF_ITSELF, INTRODUCTION, ANNOUNCEMENT, REFERENCE, REFERRAL];

/** Whether a statement is spoken to the reader, or only points somewhere: what it says is in no source. */
export const isRemark = (statement: string): boolean => REMARKS.some((form) => form.test(statement));

/** Near its end, what a list or code below it would be: "like this", "follow these steps", "the options are". */
const BELOW =
  /^the following\b|\b(?:following|follows|like this|below|here|examples?|steps?|options?|points)(?:\s[\p{L}'’-]+){0,2}\W*$/iu;

/** Whether all that a statement with a colon behind it says is what comes below: what says more has code or a number. */
export const announces = (statement: string): boolean => BELOW.test(statement) && !/[`\d]/.test(statement);
