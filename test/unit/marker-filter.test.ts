import { describe, expect, it } from '@jest/globals';

import { createMarkerFilter } from '../../src/platform/claims/marker-filter.js';

/** What comes out of a filter that knows the sources 1 to 3, when the text comes in these parts. */
function filter(...parts: string[]) {
  const markers = createMarkerFilter((index) => index >= 1 && index <= 3);
  const text = parts.map((part) => markers.push(part)).join('') + markers.end();
  return { text, dropped: markers.dropped.map(({ sourceIndex, at }) => [sourceIndex, at]) };
}

describe('the marker filter', () => {
  it.each([
    ['Run it [1].'],
    ['Run it [1][2], or not [3].'],
    ['Run it.[1] Or not. [2]'],
    ['`list[9]` and ``a ` list[9]`` and [1]'],
    ['```js\nlist[9] // [8]\n``` not yet\n```\nIt is so [1].'],
    ['- ~~~\n  list[9]\n  ~~~\n'],
    ['a link [9](https://example.org) and ![9](x.png)'],
    ['[9]: https://example.org\n'],
    ['see [the docs][9]'],
    ['a footnote[^9]'],
    ['- [ ] to do\n- [x] done [1]'],
    ['array[0] and my_list[9]'],
    ['\\[9] escaped'],
    ['[2024] and [12345] and [a] and [1, b]'],
    ['an interval [0, 1]'],
    ['the codes [200, 204, 404], percentages in [1, 100], weights [10, 20, 30] and ports [1-65], [1; 33]'],
    ['an indented block:\n\n    int a[10];\n    [9]\n\n\tint b[9]'],
    ['- an item\n\n      a [9]'],
    ['1. an open `\n   item [9]'],
    ['a span `over\nlines [9]` and an open ` one\nup to [9] its end'],
    ['<pre>a [9]</pre> and <code class="x">a\n[9]</code>'],
    ['https://e.x/?ids[9]=3, www.e.x/a[9], a/[9] and [d](https://e.x/?id[8]=1) and [d](x?id[8]) and ids [9]=3'],
    ['args[9], argv[4], rows[1][9], f(x)[9], f()[9], ${arr[9]}, $[9], {[9]}, x = [9]'],
    ['[a-z][9]'],
    ['digits [0-9] or [8-9] or [2-4], file[1-3], [1-2-3], [1 2] and 【注】'],
    ['open [1'],
    ['open ['],
    ['spaces  and\n\n  lines  '],
    ['[[[9'],
    ['[ x ], [ ], [ 1, b ], [1 android], [1 an], 【1†two\nlines】, 【1†【 and 【1† to the end'],
    ['【1†`code`】 no, `【1†source】`'],
  ])('lets pass %j as it is', (text) => {
    expect(filter(text)).toEqual({ text, dropped: [] });
  });

  it.each([
    ['Run it [9].', 'Run it.', [[9, 6]]],
    ['Run it [9] now.', 'Run it now.', [[9, 6]]],
    ['Run it [99] now.', 'Run it now.', [[99, 6]]],
    ['Run it [404] now.', 'Run it now.', [[404, 6]]],
    ['**Run it**[9] now.', '**Run it** now.', [[9, 10]]],
    ['在三点运行[9]。', '在三点运行。', [[9, 5]]],
    ['"Run it"[9] now.', '"Run it" now.', [[9, 8]]],
    ['Run it [9]', 'Run it', [[9, 6]]],
    ['Run it. [9]\nOr not.', 'Run it.\nOr not.', [[9, 7]]],
    ['Run it. [9] Or not.', 'Run it. Or not.', [[9, 7]]],
    ['Run it [1][9].', 'Run it [1].', [[9, 10]]],
    ['Run it [9][1].', 'Run it [1].', [[9, 6]]],
    ['Run it [9] [1].', 'Run it [1].', [[9, 6]]],
    ['Run it [1] [9].', 'Run it [1].', [[9, 10]]],
    [
      'Run it [8] [9].',
      'Run it.',
      [
        [8, 6],
        [9, 6],
      ],
    ],
    ['[9] It runs.', 'It runs.', [[9, 0]]],
    ['- [9] It runs.', '- It runs.', [[9, 1]]],
    ['Run it [0].', 'Run it.', [[0, 6]]],
    ['😀 [9]!', '😀!', [[9, 2]]],
    ['`code` [9].', '`code`.', [[9, 6]]],
    ['an open ` here\n\nbut not here [9].', 'an open ` here\n\nbut not here.', [[9, 28]]],
    ['an open ` here\n1. [9] but not here.', 'an open ` here\n1. but not here.', [[9, 17]]],
    ['an open ` here\n- but not here [9].', 'an open ` here\n- but not here.', [[9, 29]]],
    ['an open <code> here\n# Not here [9]', 'an open <code> here\n# Not here', [[9, 30]]],
    ['- an item\n\n    of two paragraphs [9]', '- an item\n\n    of two paragraphs', [[9, 32]]],
    ['a paragraph\n      that is wrapped [9]', 'a paragraph\n      that is wrapped', [[9, 33]]],
    ['    code\n\nand text [9]', '    code\n\nand text', [[9, 18]]],
    ['See https://e.x/a. [9]', 'See https://e.x/a.', [[9, 18]]],
    ['\\` [9]', '\\`', [[9, 2]]],
  ])('drops from %j what names no source', (text, left, dropped) => {
    expect(filter(text)).toEqual({ text: left, dropped });
  });

  it.each([
    ['Run it [1, 2].', 'Run it [1][2].'],
    ['Run it [1,2,3].', 'Run it [1][2][3].'],
    ['Run it [[1]].', 'Run it [1].'],
    ['Run it [1, 9].', 'Run it [1].'],
    ['Run it [1, 12].', 'Run it [1].'],
    ['Run it [9, 1].', 'Run it [1].'],
    ['Run it [8, 9].', 'Run it.'],
    ['Run it [1; 3].', 'Run it [1][3].'],
    ['Run it [1-3].', 'Run it [1][2][3].'],
    ['Run it [1 – 2, 3].', 'Run it [1][2][3].'],
    ['Run it [[1-2]].', 'Run it [1][2].'],
    ['Run it 【1】【9】.', 'Run it [1].'],
    ['Run it 【1†source】【2:0†Server.md】 and 【3†L1-L9】, or 【9†source】 not.', 'Run it [1][2] and [3], or not.'],
    ['Run it [ 1 ], [ 1, 2 ].', 'Run it [1], [1][2].'],
    ['Run it [1 and 2], [1 & 3] and [1, 2 and 3].', 'Run it [1][2], [1][3] and [1][2][3].'],
    ['运行［１］，[２、３]。', '运行[1]，[2][3]。'],
  ])('writes the list in %j as single markers', (text, left) => {
    expect(filter(text).text).toBe(left);
  });

  it('holds back what may become a marker, a dozen characters at most, and nothing else', () => {
    const markers = createMarkerFilter((index) => index === 1);
    expect(markers.push('Run it [')).toBe('Run it');
    expect(markers.push('1')).toBe('');
    expect(markers.push(']')).toBe('');
    expect(markers.push('.')).toBe(' [1].');
    expect(markers.push(' And [a')).toBe(' And [a');
    expect(markers.push('[1,1,1,1,1,')).toBe('');
    expect(markers.push('1,1')).toBe('[1,1,1,1,1,1,1');
  });

  it('holds back 【 for the name of a source, up to 80 characters of it', () => {
    const markers = createMarkerFilter((index) => index === 1);
    const name = 'docs/Server.md lines 1-9 '.repeat(4);
    expect(markers.push(`【1†${name.slice(0, 80)}`)).toBe('');
    expect(markers.push('】 ')).toBe('[1]');
    expect(markers.push(`【1†${name.slice(0, 81)}`)).toBe(` 【1†${name.slice(0, 81)}`);
  });

  it('gives the same however the text is cut', () => {
    const text =
      'Run 😀 it [1], [2][9] or [8] not. [3] `x[9]` [7](a) [[1]] [1, 9] a[9] a[1] [1-3] [1-9] [404] [1, 100] [1, 50] [ 1 ] [ 1 and 2 ] [2 an [1 &2] 【1†so `x`】 【9:0†a b】 【2†c\n【3†【1】 【1】 【9 ［１；2\n```\n[9]\n```\n- [ ] a [9]\n[9]: x\n[9] [8] z `` ` [9] `` <code> [9] </code> `\n[9]`\n\n        [9] \\[9]\n\n[1';
    const whole = filter(text);
    expect(filter(...text.split(''))).toEqual(whole);
    for (let size = 2; size < 12; size += 1)
      expect(filter(...text.match(new RegExp(`[^]{1,${size}}`, 'g'))!)).toEqual(whole);
    for (let cut = 1; cut < text.length; cut += 1) expect(filter(text.slice(0, cut), text.slice(cut))).toEqual(whole);
  });
});
