/** Letters of other scripts that look like the ones that our tags are spelled with, where NFKC leaves them alone. */
const LETTERS: Record<string, string> = {
  a: 'аαɑᴀꭺ',
  c: 'сςᴄꮯⅽ',
  e: 'еεҽɛᴇ℮є',
  g: 'ɡցԍɢġ',
  i: 'іιıɩӏɪ',
  j: 'јյʝᴊ',
  n: 'ոռηпɴ',
  o: 'оοօσᴏჿ',
  p: 'рρᴘ⍴',
  q: 'ԛգզ',
  r: 'гᴦʀꭇ',
  s: 'ѕꜱƽ',
  t: 'тτᴛ',
  u: 'υսцᴜʋ',
};

const LATIN = new Map(
  Object.entries(LETTERS).flatMap(([latin, others]) => Array.from(others, (other) => [other, latin] as const)),
);

/** Signs that are read as letters: `pa55age`. */
const STANDS: Record<string, string> = { i: '1l|!', o: '0', s: '5$', e: '3', a: '4@' };

/**
 * Whether a reader may take the beginning of a text for this word, which is in small Latin letters. The text may have
 * accents, capitals, spaces between (`p a s s a g e`), and digits, signs or look-alikes for letters. Letters that no
 * list has may stand for any, of at most half the word: nobody else mixes alphabets within one. The text is in NFKC.
 */
export function beginsLike(text: string, word: string): boolean {
  if (text.length < word.length) return false;
  const bare = text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  /** By how many letters of the word may have been read by now: how many of them are sure; -1: it cannot be. */
  let sure = [0, ...Array.from(word, () => -1)];
  const isRead = () => sure.at(-1)! * 2 >= word.length;
  for (const sign of bare) {
    const letter = LATIN.get(sign) ?? sign;
    const isLatin = /[a-z]/.test(letter);
    const isForeign = letter > '\x7f';
    if (isRead() && !isLatin) return true;
    sure = sure.map((before, read) => {
      // Of what is no letter of ours, any number may stand between.
      const skipped = isLatin || (read === 0 && !isForeign) ? -1 : before;
      const last = sure[read - 1] ?? -1;
      const wanted = word.charAt(read - 1);
      const isWanted = read > 0 && last >= 0 && (letter === wanted || STANDS[wanted]?.includes(letter) === true);
      const taken = isWanted ? last + 1 : isForeign ? last : -1;
      return Math.max(skipped, taken);
    });
    if (sure.every((known) => known === -1)) return false;
  }
  return isRead();
}
