import { wordRoot } from '../text/word-root.js';

// Words so usual in documentation that one more or less says little; with stop words left out, which say nothing.
const USUAL = `
able access accord act action actual add additional again allow almost alone along already also although always amount
another answer anyway anything appear apply approach area around ask available away back base basic become begin behave
behavior believe best better big bit bring build call came can care carry case cause certain chance change check choice
choose clear close come common complete consider contain continue control correct could course create current day deal
decide default define depend describe detail determine different difficult directly doc document done due easy effect
either else end enough ensure especially even ever every everybody everything exact example exist expect explain extra
fact far fast feature few final find first fit follow form free full further general get give go good great grow half
hand handle happen hard hardly help hence here high hold however idea important improve include indeed individual
information instance instead intend interest item keep kind know large last late later lead least leave left less let
level life like likely limit line list little live long longer look lot low main make manner many matter maximum may
maybe mean meanwhile means mention merely might minimum miss modify moment most move much must name namely near
necessary need neither never new next nice none normal note nothing notice now number object obtain occur often old
once one only open option order ordinary otherwise own part particular pass people perhaps person piece place plain
plan please point possible present problem probably proper provide purpose put question quick quite rather reach read
ready real really reason receive recommend reduce refer regular rely remain remove require respect rest result return
right run same say second section see seem seldom send set several shall should show side similar simple simply since
single situation slow small some somebody someone something sometimes somewhat soon sort special specific specify stand
start state stay step still stop such suffer suggest suit suitable support suppose sure take talk tell term than thing
think though thus time together too top total toward treat true try turn two type typical understand unless until upon
us use useful usual usually value various very want way well whatever whenever wherever whether whole whose why wish
within without word work would wrong yes yet yourself according additionally always anymore apart basically besides
consequently currently eventually furthermore generally therefore moreover nevertheless nonetheless overall previously
respectively similarly specifically subsequently think thereby whereas want user using used uses allow allows mean
provided via per documentation docs doc mentioned stated describes says tells explains passage source text guide page
`;

const USUAL_ROOTS = new Set(USUAL.trim().split(/\s+/).map(wordRoot));

/** Whether documentation uses a root so often that it tells little apart. */
export function isUsual(root: string): boolean {
  return USUAL_ROOTS.has(root);
}
