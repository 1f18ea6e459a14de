import { wordRoot } from './word-root.js';

// Words that documentation uses for one another, one group behind the other. General English of technical texts, no
// product's own vocabulary; a word may stand in several groups.
const GROUPS = `
use utilize employ apply usage; remove delete erase drop discard purge clear eliminate strip;
create make build generate produce construct form; build compile; begin start commence launch initiate;
end finish complete conclude terminate over; stop halt cease terminate abort cancel; return yield give;
get obtain retrieve fetch receive acquire; fetch load retrieve read request; receive get accept obtain;
accept receive take allow; send transmit deliver emit dispatch forward; pass hand supply give provide;
provide supply offer give deliver; give offer grant supply; run execute invoke call perform; call invoke trigger;
trigger fire cause start emit; fire emit trigger raise; cause lead result trigger make; happen occur arise take;
change modify alter edit adjust update transform mutate; transform convert translate turn;
replace substitute swap exchange override overwrite; overwrite override replace supersede;
add append insert include attach put; attach add append; include contain comprise hold cover;
contain hold include store carry; store save keep hold persist record;
keep retain preserve maintain hold remain stay; remain stay keep continue;
remember store note keep cache memoize record; cache memoize remember; record log note write;
need require must necessary; require need demand necessary mandatory; necessary required needed essential;
essential crucial vital important; allow permit let enable able support; permit allow authorize;
support allow handle supported; let allow permit; prohibit forbid disallow ban; prevent stop avoid block;
avoid prevent circumvent; block hold prevent; enable activate allow; disable deactivate off; ignore disregard skip;
skip omit bypass ignore; omit skip exclude drop missing left; exclude omit ignore;
check verify validate inspect test examine confirm; verify check confirm validate ensure;
ensure guarantee make sure assure; guarantee ensure promise assure; show display present indicate reveal;
indicate show denote signal mean tell; display show print output; print output write display; output result;
mean imply denote indicate signify; define specify declare set describe determine state;
specify define state name set give list; state say declare specify; describe explain document; explain describe;
name call term title; set configure assign define put; configure set setup adjust;
setting option parameter configuration preference; option setting choice flag parameter;
parameter argument option setting; argument parameter; value result; result outcome output consequence;
choose select pick opt decide; select choose pick; decide determine choose; determine decide control;
control manage govern determine; manage handle control govern administer; handle process manage deal treat;
process handle; find locate discover detect search; locate find; detect find notice recognize discover identify;
notice detect spot recognize; search look scan; wait pause delay; delay latency lag wait; late delayed;
fast quick rapid speedy speed; slow sluggish; speed performance fast;
improve enhance increase better boost optimize; increase raise grow enlarge rise; raise increase throw;
grow increase expand enlarge; decrease reduce lower lessen shrink diminish decline;
reduce decrease lower minimize cut; deteriorate degrade worsen suffer;
limit restrict cap bound maximum constrain ceiling; restrict limit confine; threshold limit;
large big huge great sizable; small little tiny; long lengthy; brief short; short brief; many numerous several lot;
several multiple various some many; multiple several many; various different several;
different distinct separate other differ; separate distinct individual independent different own;
individual single separate each; single one individual sole; unique single distinct; independent separate;
same identical equal equivalent; equal same equivalent identical; equivalent same equal;
match correspond equal satisfy fit; correspond match align; satisfy meet fulfil match;
similar alike like comparable; whole entire complete full all; entire whole full complete;
complete full whole entire; full complete entire; part portion piece section; section part chapter; piece part bit;
each every all any; every each all; all every each entire; always constantly invariably ever; never;
often frequently commonly; frequent often common; common usual typical frequent normal;
usual typical normal common general; typical usual normal common; normal usual regular ordinary standard default;
standard default normal; general usual overall; generally usually typically normally commonly;
rare seldom uncommon infrequent; sometimes occasionally occasional;
immediately instantly right once directly straight; directly immediately straight; currently now present;
simultaneous concurrent parallel same; concurrent simultaneous parallel; previous earlier former prior before old;
earlier previous before; subsequent later following next after; later subsequent after; next following subsequent;
before prior ahead preceding; after following once; first initial; initial first; last final; final last;
old obsolete outdated stale; stale outdated old obsolete expired; new fresh latest recent; recent latest new;
latest newest recent current; current latest present up-to-date; update upgrade refresh; upgrade update;
error failure fault exception mistake problem; exception error; failure error crash; crash failure fail;
problem issue trouble bug; issue problem; bug defect error problem; fail break crash; break fail violate;
violate break; correct right proper accurate; proper correct appropriate; wrong incorrect invalid;
valid correct legal; invalid wrong illegal; possible can able feasible; impossible cannot; able can capable;
may can might could possible; might may could; must should require; easy simple; simple easy plain basic;
basic simple primitive fundamental; complex complicated; hard difficult tough; difficult hard;
important essential significant key main; main primary principal chief central key; primary main principal;
purpose goal aim reason intent point; aim goal purpose intend; intend mean design aim; design intend plan create;
reason cause purpose why; suggest recommend advise propose; recommend suggest advise should; advise recommend;
consider regard think; useful helpful handy good; help assist aid useful; benefit advantage gain profit;
advantage benefit; disadvantage drawback downside; drawback disadvantage downside caveat; danger risk hazard;
risk danger threat vulnerable; safe secure; secure safe; protect guard secure; vulnerable exposed;
expose reveal open; connect link join attach; join combine connect merge link; combine merge join unite group batch;
merge combine join coalesce; coalesce merge combine group; group batch collect; collect gather accumulate;
gather collect; split divide separate; divide split; share common; move transfer shift migrate; transfer move copy;
copy duplicate replicate transfer; duplicate copy repeat; repeat again duplicate redo; again repeatedly anew re;
revert undo restore rollback; undo revert rollback; restore recover revert; recover restore retrieve; open start;
close shut end; shut close; write store save; read load; reader read; writer write; load import; import load;
put place store set; place put position location; position place index location; location place position address;
order sequence sort ordering; sequence order series; reverse opposite inverse; opposite reverse contrary;
list enumerate; type kind sort class; kind type sort; class type; function method routine procedure;
method function way; routine function procedure; callback function handler; handler callback function;
way manner method approach; approach way method strategy; technique method approach; feature function capability;
tool utility program; utility tool; program application software; application program software;
library package module; package library module; module package; software program; directory folder;
folder directory; file document; document file; text string; string text; word term; message notice;
entry record item element; item element entry; element item entry; member element; row record line; column field;
field property attribute; property attribute field; attribute property; key identifier; identifier id name key;
prefix start; suffix end; machine computer host system; host machine server; computer machine; server host backend;
backend server; client consumer; user person people; person somebody someone user; developer programmer;
programmer developer; author maintainer writer developer; team group; request call query; query request;
answer response reply; response answer reply; reply response answer; payload body content; content body data;
data information; information data; memory ram; disk storage; network wire; thread worker;
worker thread; task job; job task; event occurrence; period interval time duration; interval period time;
duration period time lifetime; timeout expire; expire timeout time; time moment; moment time;
size length amount big; amount number quantity size; number count amount; count number; total sum overall;
average mean; maximum most limit highest largest greatest; minimum least lowest smallest; empty blank; blank empty;
missing absent lacking; lack missing absence; unknown undefined; visible seen; hidden invisible; public open;
private internal; internal private inside; inside within in; outside external; external outside;
original initial unchanged; unchanged original same unaltered intact; temporary temporarily while;
permanent persistent durable; persistent permanent durable; automatic automatically itself own;
manual manually hand yourself; manually manual explicitly yourself; explicit explicitly direct; custom own;
specific particular certain; particular specific certain; certain particular specific some; relevant related;
depend rely based; rely depend; base basis; refer point mean reference; reference pointer refer; point refer;
follow obey adhere comply; obey follow; conform follow comply; affect influence impact; influence affect;
impact effect affect; effect impact result; cost expense overhead expensive; overhead cost; expensive costly cost;
cheap inexpensive; effort work; work function operate; operate work run; operation action; action operation;
try attempt; attempt try; continue resume proceed; resume continue; reset restart; restart reboot;
reach arrive exceed attain; exceed over beyond surpass; ask prompt request query; prompt ask;
confirm agree approve acknowledge; agree confirm accept; reject refuse deny decline; refuse reject deny;
deny refuse reject; notify inform tell alert; inform notify tell; warn alert caution; register add;
unregister remove; install setup; available accessible present exist offered; exist present available;
access reach use; present available; share expose; free release; release free version; version release edition;
issue publish release; publish release; distribute ship; ship distribute; bring carry; carry bring; encode encrypt;
parse analyze; serialize encode; deserialize decode; decompress unpack uncompress expand; compress shrink pack;
worry care concern; care worry; concern about regard; fulfil satisfy; attempt effort; background behind;
ready prepared; prepare ready; expect assume await; assume expect presume; suppose assume; prefer favor; opt choose;
wish want desire; want wish desire; like similar; avoid keep away; tie bind; bind attach tie; nested inside;
deprecated obsolete old; obsolete deprecated; compatible work; portable compatible; consistent uniform same;
uniform consistent; reliable dependable; stable reliable; unstable; redundant unnecessary superfluous duplicate;
unnecessary redundant needless; sensitive confidential secret; secret confidential sensitive password;
mask censor hide redact; hide conceal mask; redact censor mask; leave exit; exit leave quit; quit exit; look check;
sell commercial; buy purchase; bug defect; quote cite
`;

const GROUPS_OF = new Map<string, Set<number>>();
for (const [number, line] of GROUPS.trim().split(/;\s+/).entries()) {
  for (const word of line.split(' ')) {
    const root = wordRoot(word);
    GROUPS_OF.set(root, (GROUPS_OF.get(root) ?? new Set()).add(number));
  }
}

/** Whether two roots stand in one group of the list. */
export function areSynonyms(a: string, b: string): boolean {
  const groups = GROUPS_OF.get(a);
  const others = GROUPS_OF.get(b);
  if (!groups || !others) return false;
  for (const group of groups) if (others.has(group)) return true;
  return false;
}
