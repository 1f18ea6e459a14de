const DERIVED_TITLE_LENGTH = 50;

/** Until the first message. */
export const UNTITLED = 'New conversation';

/** The first 50 characters of a message as one line, with "…" when cut. */
export function deriveTitle(message: string): string {
  const characters = [...message.replace(/\s+/gu, ' ').trim()];
  return characters.length > DERIVED_TITLE_LENGTH
    ? `${characters.slice(0, DERIVED_TITLE_LENGTH).join('')}…`
    : characters.join('');
}
