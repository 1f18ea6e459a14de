import { describe, expect, it } from '@jest/globals';

import { findUncitedClaims, isAbstention } from '../../src/platform/claims/uncited-claims.js';

describe('an abstention', () => {
  it.each([
    "The documentation doesn't say how to do this.",
    'The provided documentation does not mention how to configure gRPC support.',
    "I couldn't find any information about HTTP/3 support in the documentation.",
    'There is no information about HTTP/3 in the documentation provided. You may want to check the official website or ask the maintainers.',
    "There isn't any mention of this in the docs.",
    'HTTP/3 support is not mentioned in the documentation.',
    'Whether HTTP/3 is supported is not stated in the documentation.',
    'The answer to this question is not in the documentation.',
    'Based on the provided documentation, there is no mention of rate limiting per user.',
    'For HTTP/3, the documentation does not contain any information.',
    'The available documentation is silent on this point.',
    'The documentation says nothing about HTTP/3.',
    'The documentation, unfortunately, does not mention this.',
    "I'm sorry, I can't answer that based on the documentation.",
    'This information is not available in the documentation.',
    'Unfortunately, the docs do not specify a maximum. What is missing is the exact value for uploads.',
    "I'm sorry, but the documentation excerpts I have don't contain details on how to do that. Missing: the route's own setting.",
    'No. The documentation does not describe such an option, so I cannot tell you how to set it.',
    "I don't have enough information to answer this question. The documentation does not include the number of routes.",
    "The Fastify documentation doesn't cover deployment to AWS, Azure, or other cloud providers.",
    'The documentation does not say when it starts and what it needs.',
    'The documentation provided does not include instructions for that, nor does it explain how to clean up.',
    'The documentation does not mention this (for example, a limit of each user).',
    'None of the provided passages mention HTTP/3.',
    'I searched the documentation. It does not mention HTTP/3.',
    'It is not clear from the documentation whether HTTP/3 is supported.',
    'As an AI model, I cannot run code. The documentation does not say this.',
    "That said, the documentation doesn't specify an interval.",
    "The passages I was given don't list all of them.",
    'The sources do not include information about that.',
    'None of the sources mention HTTP/3.',
    'The documentation excerpts list neither the names nor the parameters.',
    "That's not covered in the documentation I have.",
    'Nothing in the documentation suggests that this is possible.',
    'The documentation makes no mention of HTTP/3.',
    "It's not documented.",
    "The documentation does not cover this. If you could share the relevant section, I'd be happy to help further.",
    'The documentation\nsays nothing\nabout HTTP/3.',
    'The documentation doesn’t say.',
  ])('is what says that the documentation is silent, and claims nothing: %s', (text) => {
    expect([isAbstention(text, 0), findUncitedClaims(text, 0, [])]).toEqual([true, []]);
  });

  it.each([
    "The documentation doesn't explicitly mention this, but you can pass `maxUserBody: 5000` to the constructor.",
    'The documentation does not mention a limit of routes, and the default limit of bodies is 99 GB.',
    'The documentation does not mention a limit and it defaults to five.',
    'The documentation does not mention it, but npm works.',
    'The documentation does not mention it; npm works too.',
    'The documentation does not mention it: use npm.',
    'The documentation does not mention it (npm installs it anyway).',
    'The documentation does not mention it – the limit is fixed at build time.',
    'The documentation does not mention it because the limit is fixed.',
    'The documentation does not mention any option except `maxUserBody`.',
    'The documentation does not mention `maxUserBody`, which limits bodies to 5 MB.',
    'The documentation does not only mention npm.',
    'Since the documentation does not mention a limit, the default of 99 GB applies.',
    'Although not mentioned in the documentation, the option `http3` enables it.',
    'The documentation does not mention it, however, sockets are closed when idle.',
    'The documentation does not mention it <br> The default is an hour.',
    'The documentation does not say why. If you want more throughput, disable logging.',
    'HTTP/3 is not mentioned in the documentation, so use HTTP/2.',
    'What is missing is the exact value, but it defaults to 5 MB.',
    'The documentation covers HTTP/1 and HTTP/2, but not HTTP/3.',
    'The documentation says that plugins are not loaded twice, and I do not find that the limit is described as 5 MB.',
    'A document that does not contain front matter is stored in English. Sources that cannot be found are skipped.',
    'Documents are not included by default. Data sources do not contain credentials.',
    'The docs folder does not contain images.',
    'There is no default limit of routes.',
    'The documentation does not say why. Sure, it runs daily.',
    'The documentation does not say why. No, it runs daily.',
    "The documentation does not say why. I'm afraid the limit is fixed.",
    'The documentation does not say why. Here is how: set the limit in the constructor.',
    'The documentation does not say why. If you need more, raise the limit in the constructor.',
    'The documentation does not say why.\n\n**You can set the limit in the constructor.**',
    'Die Dokumentation erwähnt das nicht, aber das Limit ist 99 GB.',
    'The documentation does not mention it, aber das Limit liegt bei 99 GB.',
    'The documentation does not mention it. Siehe Server, das Limit ist fest.',
    'The documentation does not mention it. Hier ist die Lösung: setzen Sie das Limit im Konstruktor.',
    'The documentation does not mention it. Ich hoffe, das hilft Ihnen weiter, das Limit ist fest.',
  ])('is not what claims something beside: %s', (text) => {
    expect(isAbstention(text, 0)).toBe(false);
    expect(findUncitedClaims(text, 0, [])).not.toEqual([]);
  });

  it.each([
    'The documentation does not mention it. Try this:\n\n```js\nfastify({ maxUserBody: 5 })\n```',
    'The documentation does not mention it. Try this:\n\n    fastify({ maxUserBody: 5 })',
    'The documentation does not mention it. These exist:\n\n- `maxUserBody`\n- `maxBody`',
    'The documentation does not mention it. Have you tried `maxUserBody: 5`?',
    '**99 GB**\n\nThe documentation does not say why.',
    '# 99 GB\n\nThe documentation does not say why.',
    'Yes. The documentation does not say when.',
    'The documentation does not mention it.\n\nSources:\n\n- You can pass an option to the constructor.',
    'Daily. The documentation does not say when.',
    '**Daily:** The documentation does not say when.',
    'It does not specify a type of content.',
    'What is missing is replaced with a default.',
  ])('is not what could be taken for an answer, though no sentence of it claims anything: %j', (text) => {
    expect(isAbstention(text, 0)).toBe(false);
  });

  it('may cite what it looked at', () => {
    expect(isAbstention("The documentation doesn't say how to do this [1][2].\n\nSources: [1], [2]", 2)).toBe(true);
    expect(isAbstention("The documentation doesn't say how.\n\n**Sources**\n\n- [1] docs/limits.md\n- Limits", 2)).toBe(
      true,
    );
    expect(isAbstention('The documentation does not mention it [1], but npm works [2].', 2)).toBe(false);
  });
});
