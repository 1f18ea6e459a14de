import { describe, expect, it } from '@jest/globals';

import { carriedWords, leansOnConversation } from '../../src/conversation/retrieval/follow-up.js';
import { ENGLISH_STOP_WORDS } from '../../src/platform/text/stop-words.js';
import { tokenizeWhole } from '../../src/platform/text/tokenize.js';

const contentOf = (question: string) =>
  tokenizeWhole(question)
    .map(([whole]) => whole!)
    .filter((word) => !ENGLISH_STOP_WORDS.has(word));
const leans = (question: string) => leansOnConversation(question, contentOf(question));

describe('leansOnConversation', () => {
  it.each([
    'why?',
    'Why not?',
    'And then?',
    'and on Windows?',
    'And .Z files?',
    'And max_wal_size?',
    'On macOS?',
    'Without Docker?',
    'How do I undo it?',
    'How is it installed there?',
    'What about errors?',
    'Does that work in the browser?',
    'Does the keyboard work too?',
    'Which one is faster?',
    'Can you show me an example?',
    'Please explain that in more detail.',
    'What are the defaults?',
    'What if the upper bound is partial?',
    'And if the upper bound is partial?',
    'Windows?',
    'Is this safe?',
    'Can I use them instead of a table?',
    'But why is it slow?',
    'Can you rewrite that with TypeScript types?',
    'Convert this to an async function.',
    'Please say this in simpler words.',
  ])('is true for what leaves out what it is about: %s', (question) => expect(leans(question)).toBe(true));

  it.each([
    'How do I install the program with npm?',
    'What is a hook?',
    'What is this project about?',
    'Is there a way to limit the size of the cache?',
    'Which hook that changes the payload runs first?',
    'Can this project limit the payload of uploads?',
    'And how do I clear the cache of a loader?',
    'So, which Node.js versions does pino support?',
    'Why are Python strings immutable?',
    'How do I keep it from logging passwords of users in production?',
  ])('is false for what stands alone: %s', (question) => expect(leans(question)).toBe(false));

  it.each(['graceful shutdown', 'Und wie installiere ich das unter Windows?', "Comment l'installer sur Windows?"])(
    'is null where it cannot tell: %s',
    (question) => expect(leans(question)).toBeNull(),
  );
});

describe('carriedWords', () => {
  const asked = (text: string, ...words: [string, number][]) => ({
    text,
    words: words.map(([word, passages]) => ({ text: word, passages })),
  });
  const INSTALL = asked('How do I install the program with npm?', ['install', 9], ['program', 40], ['npm', 5]);

  it('are the rarest words of the question before, in their order, that the project knows', () => {
    const long = asked('…', ['set', 90], ['port', 7], ['behind', 30], ['proxy', 4], ['photoshop', 0], ['nginx', 2]);
    expect(carriedWords(['windows'], [long])).toEqual(['port', 'behind', 'proxy', 'nginx']);
  });

  it('are none that the question has, and no filler', () => {
    expect(carriedWords(['npm'], [asked('Show npm examples', ['show', 3], ['npm', 5], ['examples', 8])])).toEqual([]);
  });

  it('come from further back where the question before leans on the one before it', () => {
    const windows = asked('And on Windows?', ['windows', 3]);
    expect(carriedWords(['undo'], [windows, INSTALL])).toEqual(['windows', 'install', 'program', 'npm']);
    expect(carriedWords(['undo'], [INSTALL, asked('Where is the vault?', ['vault', 2])])).not.toContain('vault');
  });
});
