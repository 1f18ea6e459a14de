/** What the populated database holds. Another one has another version, and so another database. */
export const POPULATION = {
  version: 2,
  projects: 100,
  conversations: 5_000,
  messages: 200_000,
  documents: 20_000,
  passages: 100_000,
} as const;

export const PASSAGES_PER_DOCUMENT = 5;

/** How many passages the first projects hold; the others share the rest. */
export const NAMED_SIZES = [50_000, 10_000, 400] as const;

/** How many documents the project of this number holds. */
export function documentsOf(project: number): number {
  const named = NAMED_SIZES.map((passages) => passages / PASSAGES_PER_DOCUMENT);
  if (project < named.length) return named[project]!;
  const others = POPULATION.projects - named.length;
  const rest = POPULATION.documents - named.reduce((sum, documents) => sum + documents, 0);
  return Math.floor(rest / others) + (project - named.length < rest % others ? 1 : 0);
}

/** Of the project of this number; the three sizes can be found by it. */
export function projectName(project: number): string {
  const size = NAMED_SIZES[project];
  return size ? `Handbook of ${size.toLocaleString('en')} passages` : `Handbook ${String(project).padStart(3, '0')}`;
}

/** A few conversations of each project are long. */
export const LONG_CONVERSATIONS = 5;
const MESSAGES_OF_LONG = 130;
const MESSAGES_OF_OTHERS = 30;

/** How many messages the conversation of this number in its project has. */
export function messagesOf(conversation: number): number {
  return conversation < LONG_CONVERSATIONS ? MESSAGES_OF_LONG : MESSAGES_OF_OTHERS;
}

/** Everything was written on these days: all events of answers have gone since. */
export const BEGINNING = Date.UTC(2026, 0, 1);
