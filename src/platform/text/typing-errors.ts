const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz');

/** All words one typing error away: a letter more, less or other, or two neighbours swapped. The first letter stays. */
export function withoutTypingError(word: string): string[] {
  const places = Array.from({ length: word.length }, (_, index) => index + 1);
  return places.flatMap((place) => {
    const [head, tail] = [word.slice(0, place), word.slice(place)];
    return [
      head + tail.slice(1),
      head + tail.charAt(1) + tail.charAt(0) + tail.slice(2),
      ...LETTERS.flatMap((letter) => [head + letter + tail, head + letter + tail.slice(1)]),
    ];
  });
}
