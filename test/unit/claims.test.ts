import { describe, expect, it } from '@jest/globals';

import { createClaimFinder } from '../../src/platform/claims/claim-finder.js';
import type { Claim } from '../../src/platform/claims/claims.js';
import { createMarkerFilter } from '../../src/platform/claims/marker-filter.js';
import { findUncitedClaims } from '../../src/platform/claims/uncited-claims.js';

const SOURCES = 3;

/** What is found in a text that comes in these parts: claims with the numbers that they cite, and what is shown. */
function read(...parts: string[]) {
  const filter = createMarkerFilter((index) => index >= 1 && index <= SOURCES);
  const finder = createClaimFinder(SOURCES);
  let text = '';
  const claims = parts.flatMap((part) => {
    text += filter.push(part);
    return finder.find(text, filter.dropped, false);
  });
  text += filter.end();
  claims.push(...finder.find(text, filter.dropped, true));
  return { text, claims };
}

/** Whether the text had ended when they were found is no part of them. */
const ended = (claims: Claim[]) => claims.map((claim) => ({ ...claim, isSettled: true }));

const cited = (...parts: string[]) => {
  const { text, claims } = read(...parts);
  return claims.map(({ start, end, markers }) => [
    text.slice(start, end),
    ...markers.map(({ sourceIndex }) => sourceIndex),
  ]);
};

describe('a marker stands for', () => {
  it.each<[string, string, (string | number)[][]]>([
    ['the sentence before it', 'It is here. It runs at three [1]. It ends.', [['It runs at three', 1]]],
    ['the sentence whose full stop it follows', 'It is here. It runs at three. [1] So.', [['It runs at three.', 1]]],
    ['the same without a space', 'It runs at three.[1] It ends.', [['It runs at three.', 1]]],
    [
      'the clause since the marker before it',
      'The first runs daily [1] and the second runs weekly [2].',
      [
        ['The first runs daily', 1],
        ['the second runs weekly', 2],
      ],
    ],
    [
      'the whole sentence in the midst of a clause',
      'The backup job [1] runs at three.',
      [['The backup job [1] runs at three.', 1]],
    ],
    [
      'the whole sentence for a single word of it',
      'It runs on Linux [1] and macOS [2].',
      [
        ['It runs on Linux', 1],
        ['It runs on Linux [1] and macOS', 2],
      ],
    ],
    ['the clause before a remark', 'It runs at three [1], when nobody works.', [['It runs at three', 1]]],
    ['what follows an attribution', 'According to [1], it runs at three.', [['it runs at three.', 1]]],
    ['what follows a marker at the beginning', '[1] It runs at three.', [['It runs at three.', 1]]],
    [
      'the sentence behind it, where it begins its paragraph',
      '[1] It runs at three. [3][2] It lasts an hour.\n[2] It ends at\nfour\n[1] So it is. [3]',
      [
        ['It runs at three.', 1],
        ['It lasts an hour.', 3, 2],
        ['It ends at\nfour', 2],
        ['So it is.', 1],
        ['So it is.', 3],
      ],
    ],
    [
      'the same where the first one was dropped',
      '[9] It runs at three. [2] It lasts an hour.',
      [
        ['It runs at three.', 9],
        ['It lasts an hour.', 2],
      ],
    ],
    [
      'what its source is said to say',
      'As [2] explains, it runs at three. [3] says that it ends at four. [1] stays with that.',
      [
        ['As [2] explains, it runs at three.', 2],
        ['says that it ends at four.', 3],
        ['says that it ends at four.', 1],
      ],
    ],
    [
      'the sentence before a note of its source',
      'It runs at three. (Source: [3]) It ends. Sources: [1], [2]. It lasts. (see [1]).\nIt stops. Source: [2]\nSo it is. See [3] for more.',
      [
        ['It runs at three.', 3],
        ['It ends.', 1, 2],
        ['It lasts.', 1],
        ['It stops.', 2],
        ['See [3] for more.', 3],
      ],
    ],
    [
      'the list item, without its bullet',
      '- **Backups** run at three [1]\n- [x] They last [2]',
      [
        ['**Backups** run at three', 1],
        ['They last', 2],
      ],
    ],
    [
      'the numbered item',
      '1. Install the program. [1]\n2. Run the program [2].',
      [
        ['Install the program.', 1],
        ['Run the program', 2],
      ],
    ],
    ['the row of a table', '| Job | When |\n|---|---|\n| Backup | at three [1] |', [['Backup | at three', 1]]],
    [
      'each line of a cell',
      '| `-t` | It runs at three [1]<br>It ends at four. [2]<br />It lasts | x |',
      [
        ['`-t` | It runs at three', 1],
        ['It ends at four.', 2],
      ],
    ],
    ['the quoted line', '> It runs at three [1].', [['It runs at three', 1]]],
    ['a sentence over two lines', 'It runs at night\nat three [1].', [['It runs at night\nat three', 1]]],
    ['a claim that several carry', 'It runs at three [1][2], [3].', [['It runs at three', 1, 2, 3]]],
    [
      'its sentence, where a second one follows the full stop',
      'It runs at three [1]. [2]',
      [
        ['It runs at three', 1],
        ['It runs at three', 2],
      ],
    ],
    [
      'its line below one in bold type',
      '**Step 1: Set the limit**\nIt is set by `x_y`. [1]\n**It**:\nIt runs [2]\n\n1. **Run** [3]\n   It runs at three. [1]',
      [
        ['It is set by `x_y`.', 1],
        ['It runs', 2],
        ['**Run**', 3],
        ['It runs at three.', 1],
      ],
    ],
    [
      'its sentence with a line of it in bold type',
      'You should\n**never ever**\nrun it [1]\n**It is slow.**\nand late [2]',
      [
        ['You should\n**never ever**\nrun it', 1],
        ['and late', 2],
      ],
    ],
    ['what was said before, where it stands alone', 'It runs at three.\n\n[1]', [['It runs at three.', 1]]],
    [
      'a sentence with abbreviations and versions',
      'Tools, e.g. Node.js 20.1, are needed [1].',
      [['Tools, e.g. Node.js 20.1, are needed', 1]],
    ],
    [
      'a sentence that ends in a unit, and not the one behind it',
      'A search takes 36 ms. The index is no quicker [1].',
      [['The index is no quicker', 1]],
    ],
    [
      'a sentence with abbreviations of several words',
      'Der Dienst lauscht, z. B. wenn u. a. Docker da ist, d. h. i. d. R., auf Port 8080 (e. g. this) [1].',
      [['Der Dienst lauscht, z. B. wenn u. a. Docker da ist, d. h. i. d. R., auf Port 8080 (e. g. this)', 1]],
    ],
    [
      'a sentence with German ordinals',
      'Er startet im 2. Schritt, am 3. und 4. Mai und am 5. 6. wieder [1]. Er endet.',
      [['Er startet im 2. Schritt, am 3. und 4. Mai und am 5. 6. wieder', 1]],
    ],
    ['the sentence after a letter or a number', 'It is x. Then it runs at 3. It ends [1].', [['It ends', 1]]],
    [
      'each of the lines that it ends',
      'It runs at three [1]\n**It lasts** for an hour [2]\n`npm` is needed for that [9]\nOr so [3]',
      [
        ['It runs at three', 1],
        ['**It lasts** for an hour', 2],
        ['`npm` is needed for that', 9],
        ['Or so', 3],
      ],
    ],
    [
      'each quoted line that it ends',
      '> It runs at three [1]\n> It lasts for an hour [2].\n>\n> It ends at four [3]',
      [
        ['It runs at three', 1],
        ['It lasts for an hour', 2],
        ['It ends at four', 3],
      ],
    ],
    [
      'a sentence that goes on after its line',
      'The job of [1]\nthe backup runs.',
      [['The job of [1]\nthe backup runs.', 1]],
    ],
    [
      'a clause over two quoted lines',
      '> It runs at\n> three [1]\n> and it ends at four [2].',
      [
        ['It runs at\n> three', 1],
        ['it ends at four', 2],
      ],
    ],
    [
      'the row of a table without bars around it',
      'Option | Meaning\n---|---\n`-n` | shows all\n`-t` | at three [1] | Two [2]\n`-x` | nothing',
      [
        ['`-t` | at three', 1],
        ['`-t` | at three [1] | Two', 2],
      ],
    ],
    [
      'what is around it in a parenthesis',
      'The job (see [1]) runs at three.',
      [['The job (see [1]) runs at three.', 1]],
    ],
    [
      'the clause before its parenthesis',
      'The job runs at three (cf. [1], [2]). So.',
      [['The job runs at three', 1, 2]],
    ],
    ['the clause in its parenthesis', 'The job (it runs at three [1]) is slow.', [['it runs at three', 1]]],
    ['a sentence with code in it', 'Run `npm i. Then` it all [1].', [['Run `npm i. Then` it all', 1]]],
    ['a sentence without spaces', '备份在三点运行[1]。它很快。', [['备份在三点运行', 1]]],
    [
      'what it was dropped from',
      'It runs at three [9]. It is here. [8] So [1].',
      [
        ['It runs at three', 9],
        ['It is here.', 8],
        ['So', 1],
      ],
    ],
    ['nothing in code', 'Use `x[1]` here.\n\n```\nx[1]. Yes [2]\n```\n', []],
    ['nothing in code that is indented', 'It runs.\n\n    x[1]\n\n- So\n\n      x [1]', []],
    ['nothing in code over lines', 'Use `x\ny [1]` here, or <code>x [1]</code>.', []],
    ['the second paragraph of an item', '- Jobs\n\n    They run at three [1].', [['They run at three', 1]]],
    ['nothing in an address', 'Get https://example.org/?ids[1]=2 or [it](/?ids[1]).', []],
    ['nothing that is an element', 'Use list()[1], ${list[1]} or {[1]}.', []],
    ['what it stands directly behind', 'It runs at three[1][2].', [['It runs at three', 1, 2]]],
    ['what is said of an element', 'It is in args[9] [1].', [['It is in args[9]', 1]]],
    ['nothing in a link', 'Read [1](https://example.org).\n\n[2]: https://example.org', []],
  ])('%s', (_what, text, expected) => {
    expect(cited(text)).toEqual(expected);
  });

  it('gives a value the head of its column, but for those that do not tell what it is', () => {
    const table = '| Option | Default | Description | Source |\n|---|---|---|---|\n';
    const texts = (row: string) => read(table + row).claims.map(({ text }) => text);
    expect(texts('| `port` | 80 | where it listens | [1] |')).toEqual(['`port`, default 80, where it listens']);
    expect(texts('| `port` | 80 [1] | where it listens for requests [2] | |')).toEqual([
      '`port`, default 80',
      '`port`, where it listens for requests',
    ]);
    const codes = '| Code | Reason | When it is sent |\n|---|---|---|\n| `1000` | Normal Closure | at the end [1] |';
    expect(read(codes).claims[0]!.text).toBe('`1000`, Normal Closure, at the end');
    expect(read('Option | Default\n---|---\n`n` | 1 [1]\n`port` | 80 [2]').claims[1]!.text).toBe('`port`, default 80');
  });

  it('gives a cell the first one of its row, and a word in a list what announced it', () => {
    expect(read('`-t` | at three [1] | for thirty days [2]').claims[1]!.text).toBe('`-t`, for thirty days');
    expect(read('| Backup | at three [1] | for thirty days [2] |').claims[1]!.text).toBe('Backup, for thirty days');
    expect(read('It needs:\n\n- Linux [1]').claims[0]!.text).toBe('It needs: Linux');
  });

  it.each([
    'Step 3: It runs [1].',
    '**Option 2:** It runs [1].',
    '(1) It runs [1].',
    'TL;DR: It runs [1].',
    '**Note:** It runs [1].',
    '**Tip**: It runs [1].',
    'Short answer: It runs [1].',
    'Note that It runs [1].',
    'Additionally, It runs [1].',
    '[1] also states that It runs.',
  ])('leaves out of its claim what only counts or introduces it: %j', (text) => {
    expect(read(text).claims[0]!.text.replace(/\.$/, '')).toBe('It runs');
  });

  it.each([
    ['It is 1 MiB **[1]**', 'It is 1 MiB'],
    ['It is 1 MiB *[1]*.', 'It is 1 MiB'],
    ['It is 1 MiB - [1]', 'It is 1 MiB'],
    ['**[2]** The default is 1 MiB.', 'The default is 1 MiB.'],
    ['It fails where it is exceeded, see [1].', 'It fails where it is exceeded'],
    ['It fails where it is exceeded (cf. [1] and others).', 'It fails where it is exceeded'],
    ['**It is 1 MiB** [1]. So', '**It is 1 MiB**'],
    ['That is what the users see [1].', 'That is what the users see'],
  ])('holds no signs that only belong to the marker: %j', (text, claim) => {
    expect(cited(text)[0]![0]).toBe(claim);
  });

  it('is what was said before a block of code, unless that cites already', () => {
    const check = (text: string) => read(text).claims.map(({ isCheckable }) => isCheckable);
    expect(check('It runs at three.\n\n```\nrun 3\n```\n[1]')).toEqual([true]);
    expect(check('It runs at three [3].\n\n```\nrun 3\n```\n[1]')).toEqual([true, false]);
    expect(check('It runs at three [3].\n\n[1]')).toEqual([true, true]);
  });

  it('leaves brackets that are escaped in what is claimed', () => {
    const { claims } = read('It runs as list\\[3] always, see \\[1] [1].');
    expect(claims.map(({ text, markers }) => [text, markers.length])).toEqual([
      ['It runs as list\\[3] always, see \\[1]', 1],
    ]);
  });

  it.each<[string, [string, boolean][]]>([
    ['It runs at three [1] bef', [['It runs at three', true]]],
    ['It runs at three [1], and it en', [['It runs at three', true]]],
    ['It runs at three [1]', [['It runs at three', true]]],
    ['The job [1] runs at thr', [['The job [1] runs at thr', false]]],
    ['According to [1], it runs at thr', [['it runs at thr', false]]],
    ['It runs at three [1]. It en', [['It runs at three', true]]],
    ['It runs at three. [1]', [['It runs at three.', true]]],
    ['- The job [1]\n', [['The job', true]]],
  ])('is checked as far as it is whole, where the text breaks off: %j', (text, expected) => {
    const claims = createClaimFinder(SOURCES).find(text, [], true, true);
    expect(claims.map(({ start, end, isCheckable }) => [text.slice(start, end), isCheckable])).toEqual(expected);
  });

  it('is found in half a megabyte without a line break as well', () => {
    expect(read('It is so and goes on [1] '.repeat(20_000)).claims).toHaveLength(20_000);
    expect(read('[1] It is so and goes on. '.repeat(20_000)).claims).toHaveLength(20_000);
  });

  it('makes no claim in a question, or where nothing is said', () => {
    expect(read('Does it run at three [1]? Yes [1].').claims.map(({ isCheckable }) => isCheckable)).toEqual([
      false,
      false,
    ]);
  });

  it.each([
    "The documentation doesn't say when it runs [1][2].",
    'There is no information about that in the documentation [1]. (The docs do not mention it either [2].)',
    'Unfortunately, that is not mentioned in the provided documentation. [3]',
    'See [1] for details. Here is an example for the job [2]. For more details, see the documentation [1].',
    'More information can be found in the reference [1]. See the table below [1]. See [the docs](https://x.y) [1].',
  ])('makes no claim in a remark, or where the documentation is said to be silent: %j', (text) => {
    const { claims } = read(text);
    expect(claims.map(({ isCheckable }) => isCheckable)).toEqual(claims.map(() => false));
  });

  it.each([
    'You can configure it like this [1]:',
    "Here's a complete example using `bodyLimit` [1]:",
    'The options are as follows [2]:\n\n- One',
    'The options are as follows: [2]\n\n- One',
    'Note the following behaviour [1]:',
    'Use the following code [3]:\n\n```js\na()\n```',
    'For example [3]:',
    '**Key points [1]:**',
    'The steps are [3]:',
    'To do this, follow these steps [3]:',
    'The following options are available [2]:',
    'The documentation gives this example [3]:',
    'There are two options [3]:',
  ])('makes no claim in what only announces what is below: %j', (text) => {
    expect(read(text).claims.map(({ isCheckable }) => isCheckable)).toEqual([false]);
  });

  it.each([
    'To limit the size of bodies, use the `bodyLimit` option [1]:',
    'The job runs at three [1]:',
    'Set the port to 80, as in this example [1]:',
    'Two options limit the size of bodies [1].',
  ])('makes a claim in what says more, and in what announces nothing: %j', (text) => {
    expect(read(text).claims.map(({ isCheckable }) => isCheckable)).toEqual([true]);
  });

  it('makes a claim beside the silence of the documentation', () => {
    const { claims } = read('The documentation does not say when it ends [1], but it runs at three [2].');
    expect(claims.map(({ isCheckable }) => isCheckable)).toEqual([false, true]);
  });

  it.each([
    '# The job runs at three [1]',
    'So [1].\n\n**Sources**\n\n- [1] docs/limits.md\n- What the limits of the server are [2]\n\n[3] The backup of the server',
    'Sources:\n[1] The limits of the server, docs/limits.md',
    'Sources used: [1], [3]',
    '**Source documents:**\n\n- The limits of the server [2]',
    '## Further reading\n\n1. What the limits of the server are [2]',
    'Siehe auch:\n\n- Die Grenzen des Servers [2]',
    '<details>\n<summary>Sources</summary>\n\n- What the limits of the server are [2]\n</details>',
    '[1] docs/limits.md\n[2] docs/about/the/backup.md\n[3] docs/more.md',
    '- [1] Limits',
  ])('makes no claim in headings and lists of sources: %j', (text) => {
    const checked = read(text).claims.filter(({ isCheckable, text }) => isCheckable && text !== 'So');
    expect(checked).toEqual([]);
  });

  it.each([
    '**Sources**\n\nThe job runs at three [1].',
    'Sources of it are read at three [1].',
    'Source files are read at three [1]: all of them.',
    '- [1] It runs at three.',
  ])('makes a claim in %j', (text) => {
    expect(read(text).claims.map(({ isCheckable }) => isCheckable)).toEqual([true]);
  });

  it('leaves out of its claim that the sentence names it', () => {
    expect(read('The job (see [1]) runs at three.').claims[0]!.text).toBe('The job runs at three.');
  });

  it('is found as soon as its sentence is complete', () => {
    const finder = createClaimFinder(SOURCES);
    const count = (text: string) => finder.find(text, [], false).length;
    expect(count('It runs at three [1]')).toBe(0);
    expect(count('It runs at three [1].')).toBe(0);
    expect(count('It runs at three [1]. ')).toBe(1);
    expect(count('It runs at three [1]. It ends. [2]')).toBe(0);
    expect(count('It runs at three [1]. It ends. [2] S')).toBe(1);
    expect(count('It runs at three [1]. It ends. [2] So it is\n- One item [3]\n-')).toBe(0);
    expect(count('It runs at three [1]. It ends. [2] So it is\n- One item [3]\n- T')).toBe(1);
  });

  it('is the same however the text is cut', () => {
    const text = `# Jobs [1]\n\nThe first job runs daily [1] and the second [2]. It ends. [3] A 😀 [9] \`x. [1]\` y.
Next line [1, 2], e.g. this.\n- One [1]\n- [ ] Two. [2]\n\n| a | b [3] |\n|---|---|\n| c | d e f [1] | g [2] |
\n[9]\n\n\`\`\`sh\necho [1]\n\`\`\`\n[3] Done ([1]). Title\n---\nIt is ' \` ' open [1]. **All of it.** [2] end [1`;
    const whole = read(text);
    expect(whole.claims.length).toBeGreaterThan(12);
    const same = (...parts: string[]) => {
      const { text: shown, claims } = read(...parts);
      expect({ shown, claims: ended(claims) }).toEqual({ shown: whole.text, claims: ended(whole.claims) });
    };
    same(...text.split(''));
    for (let size = 2; size < 15; size += 1) same(...text.match(new RegExp(`[^]{1,${size}}`, 'g'))!);
    for (let cut = 1; cut < text.length; cut += 1) same(text.slice(0, cut), text.slice(cut));
  });

  it('is the same where a run of backticks grows', () => {
    const text = '**Foo**im 2. [1] says``z. B. **Foo**```';
    expect(ended(read(...text.split('')).claims)).toEqual(ended(read(text).claims));
  });
});

/** The same numbers each time. */
function createRandom(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('any text', () => {
  const PIECES =
    '[1]|[2]|[9]|[8]|[ 1 and 2]|【1†a b】|【1:|†|】|[1, 2]|[[3]]|[1-3]|[1, 50]|[404]|[1]\n|[9]\n|\n> |Foo|(see |. (Source: [3])|. Source: [1]|. See [2]|**Sources**|Sources: |z. B. |im 2. | \\| |[|]|(|)|1|`|``|```|~~~|<code>|</code>|<br>|.<br/>|\n|\n\n| |  |    |\t|. |.|? |: |- |1. |# |> |\\||\\|a|It is so|\n\n[2] |\n[1] It|. [2]|[1] says|and|, |e.g. |**|**Foo**|\n**It [1]**\n|_|😀|。|---|==|![|\\|[x] |:|://|='
      .split(/(?<!\\)\|/)
      .map((piece) => piece.replace('\\|', '|'));

  it('gives the same text and claims however it is cut, and each marker one citation', () => {
    const random = createRandom(7);
    for (let round = 0; round < 1_500; round += 1) {
      const text = Array.from({ length: 3 + random(30) }, () => PIECES[random(PIECES.length)]).join('');
      const plain = ({ text: shown, claims }: ReturnType<typeof read>) => ({
        source: text,
        shown,
        claims: ended(claims),
      });
      const whole = plain(read(text));
      const parts: string[] = [];
      for (let at = 0; at < text.length;) {
        const size = 1 + random(6);
        parts.push(text.slice(at, at + size));
        at += size;
      }
      expect(plain(read(...parts))).toEqual(whole);
      const starts = whole.claims.flatMap(({ markers }) => markers.map(({ start }) => start));
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      for (const { start, end, markers } of whole.claims) {
        expect(start).toBeLessThanOrEqual(end);
        for (const marker of markers)
          expect(whole.shown.slice(marker.start, marker.end)).toBe(marker.isDropped ? '' : `[${marker.sourceIndex}]`);
      }
    }
  });
});

describe('uncited are', () => {
  const uncited = (text: string) =>
    findUncitedClaims(text, SOURCES, []).map(({ start, end }) => text.slice(start, end));

  it('sentences, items and rows that say something and cite nothing', () => {
    expect(
      uncited(
        'It runs at three [1]. It ends at five. So it goes. [2]\n\n- It needs Linux\n- It needs npm [1]\n\n| It | is slow |',
      ),
    ).toEqual(['It ends at five.', 'It needs Linux', 'It | is slow |']);
  });

  it.each([
    '# The jobs that run at night\n\nThe jobs of the day\n===',
    '**The jobs that run at night**',
    'Do you want to know more about the jobs?',
    '```\nit runs at three\n```',
    'It takes the following steps:',
    'Sure!',
    'Certainly, here you go.',
    'I hope this helps you with your backups.',
    'Let me know if anything else is unclear.',
    'The documentation does not say when the backup ends.',
    'See the page about backups for details.',
    'The following example shows this.',
    'Below is an example.',
    "Let's look at an example.",
    'Consider the following code.',
    'Then run the following command.',
    'For more details, see the Server reference.',
    'You can find more details in the documentation.',
    "That's a great question.",
    'This answer is based on the documentation.',
    'As an AI model, I cannot run code.',
    'This should solve your problem.',
    'Ich hoffe, das hilft Ihnen weiter.',
    'Weitere Informationen finden Sie in der Referenz.',
    "That said, the documentation doesn't specify an interval.",
    'Please note that the docs do not cover this.',
    "- **Uploads:** The documentation doesn't mention them.",
    '- **Uploads** – not covered in the provided documentation.',
    "If you'd like, I can show a complete example.",
    "If you could share the relevant section, I'd be happy to help further.",
    "You'd need to check the full Hooks reference for the complete list.",
    'Consider checking the repository.',
    'There are two ways to do this.',
    '1. **Attach it to your route.** It runs at three [1].',
    'Sources:\n- docs/Reference/Server.md, section on the body limit\n- The reference of the server',
    '## References\n\n- Fastify Server reference, section on the body limit',
    '**Source documents:**\n\n1. The reference of the server',
    'Relevant documentation: the reference of the server',
    '- `npm install`',
    '| Job | Time of day |\n|---|---|',
    "J'espère que cela vous aide.",
    'Espero que esto te ayude.',
    'Wenn Sie weitere Fragen haben, stehe ich Ihnen gerne zur Verfügung.',
    "Si vous avez d'autres questions, n'hésitez pas à me demander.",
    "Pour plus d'informations, consultez la documentation officielle.",
    'Para más información, consulte la documentación oficial.',
    'Per ulteriori informazioni, consultare la documentazione.',
    'Voor meer informatie, zie de documentatie.',
    'Als je nog vragen hebt, laat het me weten.',
    '希望这对您有帮助。',
    '详情请参阅文档。',
    '**Fuentes:**\n\n- La guía de referencia del servidor',
    'Références :\n\n- Le guide de référence du serveur',
    '参考资料：\n\n- 服务器参考手册第二章',
  ])('not %j', (text) => {
    expect(uncited(text)).toEqual([]);
  });

  it.each([
    'For more than five connections, raise the limit.',
    'You can find that the limit is fixed in the documentation.',
    'Consider that the following requests are refused by the server.',
    'Then run the command that starts it, and set the port.',
    'This should work in browsers of any age.',
    'Ich hoffe, das Limit ist fest und gilt immer.',
    'Sure, it runs daily.',
    'If you need more, raise the limit in the constructor.',
    '**It never sleeps at night.**',
    'That said, the limit is fixed.',
    "If you'd like a larger limit, set it in the constructor.",
    'Consider checking the size before the handler reads it.',
    'You should check the details of each request in a hook.',
    'You can ask for a page of results.',
    'Check the limit before you send it to the documentation.',
    'See that the socket is closed.',
    'What is missing is replaced with a default.',
    'It does not specify a type of content.',
    'The sources do not contain credentials.',
    'Espero que el servidor tenga más de 5 MB.',
    'Wenn Sie weitere Fragen haben, erhöhen Sie das Limit.',
    'Pour plus de 5 connexions, augmentez la limite.',
    'Para más conexiones, aumente el límite.',
    'Zie je dat het limiet 5 is.',
    'Consulta los registros cada hora.',
    'Falls Sie mehr brauchen, erhöhen Sie das Limit.',
    'Fonte de dados externa carrega o servidor.',
  ])('what only begins as a remark does: %j', (text) => {
    expect(uncited(text)).toEqual([text]);
  });

  it('a sentence in bold type at the beginning of an item, where it claims something', () => {
    expect(uncited('- **The limit is fixed.** It runs at three [1].')).toEqual(['**The limit is fixed.**']);
    const labelled = '**The limit is fixed:** The documentation does not say why.';
    expect(uncited(labelled)).toEqual([labelled]);
  });

  it('what follows a list of the sources', () => {
    expect(uncited('Sources:\n\n- The reference\n\nIt runs at three.')).toEqual(['It runs at three.']);
  });

  it('not what cited a source that does not exist', () => {
    const text = 'It runs at three. It ends at five.';
    expect(findUncitedClaims(text, SOURCES, [{ start: 0, end: 16 }])).toEqual([{ start: 18, end: 34 }]);
  });
});
