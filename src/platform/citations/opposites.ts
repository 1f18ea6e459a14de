import { wordRoot } from './word-root.js';

// Each word on one side of a `/` means the opposite of each on the other.
const PAIRS = `
enable enabled activate true/disable disabled deactivate false;
allow permit let grant/deny forbid prohibit disallow prevent block refuse reject; accept/reject refuse deny decline;
include/exclude omit; before prior ahead earlier preceding/after afterwards later following subsequently once until;
first/last; begin start beginning/end finish stop ending; open/close shut; opened/closed;
always/never sometimes occasionally rarely seldom;
often frequently frequent/rarely seldom infrequently rare never infrequent; common usual/uncommon unusual rare;
all every each everything/none no nothing some few; everybody everyone/nobody; both/neither; many/few;
more/less fewer; most/least few;
increase raise grow enlarge rise extend/decrease reduce lower shrink diminish lessen;
improve/deteriorate worsen degrade; improvement/deterioration; minimum least/maximum most; minimum/less;
maximum/more exceed; minimize/maximize;
must required require mandatory necessary/may optional optionally unnecessary; should/avoid;
large big great/small little tiny; long/short brief; high/low; higher/lower; upper/lower; fast quick rapid/slow;
quickly rapidly/slowly; early/late; new/old; newer/older; newest latest/oldest earliest; next/previous;
forward/backward; ascending/descending; left/right; top/bottom; above/below; up/down; over/under;
in inside within into/out outside; onto on/off; come/go; add plus/subtract minus; internal/external; input/output;
push/pop; append/prepend; prefix/suffix; add insert attach append prepend/remove delete detach;
create/delete destroy remove drop; allocate/free deallocate release; acquire/release; lock/unlock; mount/unmount;
load/unload; install/uninstall; register/unregister deregister; subscribe/unsubscribe; connect/disconnect;
encode/decode; encrypt/decrypt; compress/decompress uncompress; compressed/uncompressed decompressed;
serialize/deserialize; pack/unpack; send transmit/receive; read/write; reader/writer; client/server;
source/destination target; sender/receiver; import/export; upload/download; public/private; local/remote;
global/local; static/dynamic; mutable/immutable; synchronous/asynchronous; synchronously/asynchronously;
sequential serial/parallel concurrent; sequentially/concurrently; single/multiple several many; singular/plural;
same identical equal/different distinct; similar alike/different; equal/unequal; success succeed/failure fail;
work/fail; pass/fail; true/false; yes/no; valid/invalid; correct right/wrong incorrect; legal/illegal;
known/unknown; defined/undefined; visible/invisible hidden; show reveal/hide; present exist/absent missing;
available/unavailable; possible/impossible; able/unable; compatible/incompatible; consistent/inconsistent;
complete/incomplete; dependent/independent; direct/indirect; directly/indirectly; explicit/implicit;
explicitly/implicitly; automatic/manual; automatically/manually; safe secure/unsafe insecure dangerous;
trust/distrust; trusted/untrusted; reliable/unreliable; stable/unstable; supported/unsupported; ordered/unordered;
sorted/unsorted; limited bounded/unlimited unbounded; relative/absolute; strong/weak; strict/loose lenient lax;
tight/loose; hard difficult/easy; simple/complex complicated; expensive costly/cheap; cheaper/dearer; better/worse;
best/worst; good/bad; advantage benefit/disadvantage drawback downside; gain/lose;
keep retain preserve/lose discard drop remove delete strip; save/lose; full/empty; whole entire/partial;
permanent persistent/temporary transient; temporarily/permanently; durable/volatile; active/inactive idle;
alive/dead; online/offline; positive/negative; even/odd; even/only; only/also; also/only; equal/differ;
inclusive/exclusive; union/intersection; major/minor; majority/minority; primary/secondary; master/replica;
parent/child; ancestor/descendant; producer/consumer; caller/callee; horizontal/vertical; row/column; width/height;
compile/runtime; encourage recommend/discourage; recommended/discouraged deprecated; discourage/encourage;
near close/far; together/separately apart; join merge combine/split separate; coalesce/split; couple/decouple;
attach/detach; bind/unbind; wrap/unwrap; escape/unescape; block/unblock; mask/unmask; set/unset clear;
satisfied/violated; obey follow/violate break; expose/protect hide; cause/prevent; start/stop; pause/resume;
continue/stop abort; commit/rollback; foreground/background; front/back; zero/one; with/without; against/for;
like/unlike different differently; fixed constant certain/arbitrary any; head/end; compact/large bulky;
immutable fixed/change changeable; penalty cost/nothing gain; sequence order/random; immediately/later next;
every all each/one single; once/multiple several repeatedly; weak/strong; decrease/improve; lose loss/improve gain;
clear clarity/unclear obscure; sensitive/insensitive; fatal/harmless; unique/duplicate; maximal/minimal;
specific/general; already/yet; portable/unportable; organized/disorganized; relevant/irrelevant;
necessary/unnecessary; dedicated/shared; exact exactly/approximate approximately roughly; ask/ignore; honor/ignore;
ignore/respect; respect/ignore; upgrade/downgrade; immediately/eventually; before/during; warm/cold; hot/cold;
random/deterministic; agree/disagree; appear/disappear vanish; approve/disapprove; arrive/depart leave;
assemble/disassemble; broad wide/narrow; thick/thin; deep/shallow; heavy/light; bright/dark; clean/dirty;
clear/obscure vague; constant fixed/variable varying; dense/sparse; eager/lazy; eagerly/lazily; enter/leave exit;
entry/exit; expand/collapse shrink contract; fine/coarse; finite/infinite; flexible/rigid inflexible;
gradually/suddenly; grant/revoke; head/tail; inbound incoming/outbound outgoing; ingress/egress; inner/outer;
join/leave; leading/trailing; legacy/modern; lossless/lossy; match/mismatch; optimistic/pessimistic;
encrypted/plaintext unencrypted; precede/follow; presence/absence; profit/loss; pull/push; real physical/virtual;
rise/fall; smooth/rough; shared common/exclusive; signed/unsigned; silent quiet/verbose; soft/hard;
stateful/stateless; subset/superset; sufficient enough/insufficient; superior/inferior; upstream/downstream;
whitelist allowlist/blacklist blocklist denylist; earlier sooner/later; shortest/longest; smallest/largest biggest;
lowest/highest; slowest/fastest quickest; partial/complete; stricter/looser; blocking/nonblocking;
accelerate/slow delay; permitted allowed/forbidden prohibited banned; retain/discard; preserve/destroy;
expose reveal/hide conceal; generic/specific; sequence order/random; own separate/shared; unique/shared;
upper/lower; front/back rear; buy/sell; borrow/lend; win/lose; question/answer; strength/weakness;
experienced expert/beginner novice; majority most/minority; survive/vanish; busy/idle; advance/delay; begin/end;
rich/poor; young/old; strong/weak; sharp/blunt; loud/quiet; tall/short; love/hate; like/dislike;
convenient/inconvenient; elegant/ugly clumsy; accurate precise/inaccurate imprecise; frequent/infrequent;
huge/modest tiny; considerable significant non-trivial/negligible; always/occasionally; everywhere/nowhere;
anyone everyone/nobody; something/nothing; alone/together; forbid/require; recommended/forbidden;
voluntary/mandatory; optional/compulsory
`;

const OPPOSITES_OF = new Map<string, Set<string>>();
for (const line of PAIRS.trim().split(/;\s+/)) {
  const [left, right] = line.split('/').map((side) => side.split(' ').map(wordRoot)) as [string[], string[]];
  for (const [words, others] of [
    [left, right],
    [right, left],
  ] as const) {
    for (const word of words) OPPOSITES_OF.set(word, new Set([...(OPPOSITES_OF.get(word) ?? []), ...others]));
  }
}

const NEGATING_PREFIX = /^(?:un|in|im|il|ir|non|dis|de|mis)(?=.{4})/;

/** Whether the second root means the opposite of the first, by the list or by a prefix: `compressed`, `uncompressed`. */
export function areOpposites(a: string, b: string): boolean {
  if (a === b) return false;
  return (OPPOSITES_OF.get(a)?.has(b) ?? false) || isNegatedBy(a, b) || isNegatedBy(b, a);
}

/** Whether a root has an opposite at all, so that a missing one is worth a look. */
export function hasOpposite(root: string): boolean {
  return OPPOSITES_OF.has(root);
}

function isNegatedBy(plain: string, prefixed: string): boolean {
  return prefixed.length > plain.length && prefixed.replace(NEGATING_PREFIX, '') === plain;
}
