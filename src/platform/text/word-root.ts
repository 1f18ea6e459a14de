const IRREGULAR = new Map(
  (
    'using:use used:use uses:use usage:use began:begin begun:begin bound:bind broke:break broken:break brought:bring built:build bought:buy came:come ' +
    'caught:catch chose:choose chosen:choose dealt:deal did:do done:do drawn:draw drew:draw driven:drive drove:drive ' +
    'fell:fall fallen:fall fed:feed felt:feel found:find forgot:forget forgotten:forget frozen:freeze froze:freeze ' +
    'gave:give given:give gone:go got:get gotten:get grew:grow grown:grow hidden:hide hid:hide held:hold hung:hang ' +
    'kept:keep knew:know known:know laid:lay led:lead left:leave lent:lend lost:lose loses:lose losing:lose loss:lose ' +
    'losses:lose made:make meant:mean met:meet paid:pay ran:run running:run runs:run said:say saw:see seen:see ' +
    'sent:send shown:show shut:shut slept:sleep sold:sell spent:spend spoken:speak spun:spin stood:stand ' +
    'stolen:steal stuck:stick swapped:swap taken:take taught:teach thought:think threw:throw thrown:throw told:tell ' +
    'took:take understood:understand went:go withdrawn:withdraw won:win woken:wake wore:wear worn:wear written:write ' +
    'wrote:write hit:hit indices:index indexes:index matrices:matrix children:child people:person analyses:analysis ' +
    'axes:axis criteria:criterion data:data media:media less:less news:news slower:slow slowest:slow faster:fast ' +
    'fastest:fast quicker:quick larger:large largest:large smaller:small smallest:small bigger:big biggest:big ' +
    'higher:high highest:high lower:low lowest:low longer:long longest:long shorter:short shortest:short ' +
    'earlier:early earliest:early later:late newer:new newest:new older:old oldest:old easier:easy safer:safe ' +
    'better:good best:good worse:bad worst:bad cheaper:cheap simpler:simple stricter:strict weaker:weak stronger:strong ' +
    'choice:choose choices:choose proof:prove proven:prove safety:safe length:long width:wide depth:deep growth:grow ' +
    'decision:decide decisions:decide permission:permit permissions:permit removal:remove failure:fail failures:fail ' +
    'behaviour:behavior behaviours:behavior colour:color colours:color licence:license licences:license ' +
    'async:asynchronous sync:synchronous asynchronously:asynchronous config:configure configs:configure dir:directory ' +
    'dirs:directory doc:document docs:document documentation:document db:database params:parameter param:parameter ' +
    'args:argument arg:argument env:environment repo:repository repos:repository app:application apps:application ' +
    'func:function fn:function msg:message auth:authenticate admin:administrator info:information spec:specify ' +
    'specification:specify specified:specify specifies:specify max:maximum min:minimum maximal:maximum minimal:minimum ' +
    'descriptive:describe description:describe subscription:subscribe transmission:transmit conversion:convert ' +
    'collision:collide expansion:expand extension:extend inclusion:include exclusion:exclude division:divide ' +
    'comparison:compare deletion:delete deleted:delete deletes:delete completion:complete connection:connect'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

// In this order, each at most once. What is left keeps at least four letters, so that `rating` and `rate` stay apart.
const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/ies$/, 'y'],
  [/(ss|x|ch|sh)es$/, '$1'],
  [/([^su])s$/, '$1'],
  [/ied$/, 'y'],
  [/(.{4})i[sz](?:ations?|ers?|ing|ed|es|e)$/, '$1'],
  [/(.{3})(?:ingly|edly|ing|ed|ly)$/, '$1'],
  [/(.{3})(?:ability|ibility|able|ible)$/, '$1'],
  [/(.{4})(?:ication|ification)$/, '$1y'],
  [/(.{4})(?:ation|ator)$/, '$1at'],
  [/(.{3}[st])(?:ion|or|ive)$/, '$1'],
  [/(.{4})(?:ment|ness|ance|ence|ity|ful|al|er|or)$/, '$1'],
  [/(?<=.{2})([bdfgmnprt])\1$/, '$1'],
  [/(.{3})(?:ate|at|e)$/, '$1'],
  [/(.{3})i$/, '$1y'],
];

const MAX_KNOWN_WORDS = 100_000;
/** V8 keeps the whole text that a longer word was cut from for as long as the word. */
const MAX_KNOWN_LENGTH = 12;
// Not a recent cache: to move an entry at each use would cost a search 3 ms.
const known = new Map<string, string>();

/**
 * What the forms of an English word in lower case have in common: `write`, `writing` and `written`, `configure` and
 * `configuration`. This is for what one sentence says beside another, and for the thesaurus: it knows irregular forms
 * and goes further than the stems of the keyword index (languages.ts). Short words are taken apart once.
 */
export function wordRoot(word: string): string {
  if (word.length > MAX_KNOWN_LENGTH) return rootOf(word);
  let root = known.get(word);
  if (root === undefined) {
    if (known.size >= MAX_KNOWN_WORDS) known.clear();
    known.set(word, (root = rootOf(word)));
  }
  return root;
}

function rootOf(word: string): string {
  const regular = IRREGULAR.get(word) ?? word;
  // HTTPS is not several HTTP.
  if (regular.length < 4 || regular === 'https' || !/^[a-z]+$/.test(regular)) return regular;
  return ENDINGS.reduce((root, [ending, replacement]) => root.replace(ending, replacement), regular);
}
