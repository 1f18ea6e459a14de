/** Documentation as it is written: headings, paragraphs, a list and a block of code; some 3 kB a file. Always the same files. */
export function generateFiles(count: number): Record<string, string> {
  const random = createRandom(1);
  const words = Array.from({ length: 8_000 }, () => inventWord(random));
  // Zipf's law, roughly: a few words are everywhere, most are rare.
  const word = (): string => words[Math.floor(words.length * random() ** 3)]!;
  const sentence = (): string => {
    const text = Array.from({ length: 8 + Math.floor(random() * 10) }, word).join(' ');
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  };
  const paragraph = (): string => Array.from({ length: 4 }, sentence).join(' ');
  const file = (index: number): string =>
    [
      `# ${word()} ${word()} ${index}`,
      paragraph(),
      `## Install ${word()}`,
      paragraph(),
      `- ${sentence()}\n- ${sentence()}`,
      `## Configure ${word()}`,
      paragraph(),
      `\`\`\`sh\n${word()} --${word()} ${word()}\n\`\`\``,
      `### ${word()} in detail`,
      paragraph(),
      paragraph(),
    ].join('\n\n');
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`docs/part-${index % 50}/page-${index}.md`, `${file(index)}\n`]),
  );
}

/** Two to four syllables. */
export function inventWord(random: () => number): string {
  const pick = (letters: string): string => letters.charAt(Math.floor(random() * letters.length));
  return Array.from({ length: 2 + Math.floor(random() * 3) }, () => pick('bcdfgklmnprstv') + pick('aeiou')).join('');
}

/** Mulberry32: small, and the same on every machine. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
