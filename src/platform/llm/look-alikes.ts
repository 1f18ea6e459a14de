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

/** What a reader takes a text for: without accents, in lower case, look-alikes of Latin letters as these. Text in NFKC. */
export function foldLookAlikes(text: string): string {
  const bare = text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  return Array.from(bare, (letter) => LATIN.get(letter) ?? letter).join('');
}
