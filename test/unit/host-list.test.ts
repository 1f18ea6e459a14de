import { describe, expect, it } from '@jest/globals';
import {
  findHostEntry,
  isInternalAddress,
  isPrivateAddress,
  nameOfHost,
  parseHostEntry,
} from '../../src/platform/network/host-list.js';

/** One address in every form that URLs know. */
const LOOPBACK_FORMS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '2130706433',
];

describe('an entry of a host list', () => {
  it.each(LOOPBACK_FORMS)('is 127.0.0.1 when it is written as %s', (form) => {
    const entry = { host: '127.0.0.1', port: 3000, plainHttp: true };
    expect(parseHostEntry(`${form}:3000`)).toEqual(entry);
    expect(findHostEntry([entry], new URL(`http://${form}:3000/r`))).toBe(entry);
  });

  it.each([
    ['0', '0.0.0.0'],
    ['0xa9fea9fe', '169.254.169.254'],
    ['2852039166', '169.254.169.254'],
    ['0251.0376.0251.0376', '169.254.169.254'],
    ['[::ffff:127.0.0.1]', '::ffff:7f00:1'],
    ['[0:0:0:0:0:0:0:1]', '::1'],
    ['Git.Example', 'git.example'],
  ])('keeps %s as %s', (text, host) => {
    expect(parseHostEntry(text)).toMatchObject({ host, port: null });
  });

  it.each(['256.1.1.1', '1.2.3.4.5', '0x100000000', '[::1', '::1', 'a b', 'git.example:0', 'git.example:65536', ''])(
    'is not %j',
    (text) => {
      expect(parseHostEntry(text)).toBeNull();
    },
  );

  it.each([
    'http://127.1/r',
    'http://0/r',
    'http://0x7f000001/r',
    'http://017700000001/r',
    'http://2130706433/r',
    'http://[::ffff:127.0.0.1]/r',
    'http://[::ffff:7f00:1]/r',
    'http://[::1]/r',
    'http://169.254.169.254/latest/meta-data',
    'http://[fd00:ec2::254]/latest/meta-data',
    'https://localhost/r',
    'https://git.example./r',
    'https://git.example.:8443/r',
    'http://git.example:8443/r',
    'https://git.example/r',
  ])('does not let %s be reached because of others', (url) => {
    const entries = ['git.example:8443=private', '127.0.0.1:3000', 'github.com'];
    const hosts = entries.map((text) => parseHostEntry(text, { allowPrivate: true })!);
    expect(findHostEntry(hosts, new URL(url))).toBeNull();
  });

  it('may be private where that is allowed and said', () => {
    expect(parseHostEntry('git.example:8443=private', { allowPrivate: true })).toEqual({
      host: 'git.example',
      port: 8443,
      plainHttp: false,
      mayBePrivate: true,
    });
    expect(parseHostEntry('git.example', { allowPrivate: true })).not.toHaveProperty('mayBePrivate');
    expect(parseHostEntry('git.example=private')).toBeNull();
  });

  it('may say whose pages it serves where marks are allowed, beside =private', () => {
    const parse = (text: string) => parseHostEntry(text, { allowPrivate: true });
    const entry = { host: 'git.example', port: null, plainHttp: false };
    expect(parse('git.example=gitlab')).toEqual({ ...entry, software: 'gitlab' });
    expect(parse('Git.Example=Gitea=Private')).toEqual({ ...entry, software: 'gitea', mayBePrivate: true });
    expect(parse('git.example=private=bitbucket')).toEqual({ ...entry, software: 'bitbucket', mayBePrivate: true });
    expect(parseHostEntry('git.example=gitlab')).toBeNull();
    for (const wrong of ['=svn', '=gitlab=gitea', '=private=private', '=', '=gitlab=private=gitea', '=gitlab='])
      expect(parse(`git.example${wrong}`)).toBeNull();
  });

  it.each(['git.example', 'git.example:8443', '127.0.0.1:3000', '[::1]', '[::1]:3000'])(
    'has the name that a URL has for it: %s',
    (text) => {
      expect(nameOfHost(parseHostEntry(text)!)).toBe(new URL(`https://${text}`).host);
    },
  );
});

describe('an address', () => {
  const internal = [
    '127.0.0.1',
    '127.255.255.254',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '::1',
    'fd00::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:c0a8:1',
  ];
  const neither = [
    '0.0.0.0',
    '169.254.169.254',
    '169.254.0.1',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '::ffff:169.254.169.254',
    '::ffff:0:7f00:1',
    '::7f00:1',
    '::a9fe:a9fe',
    '2001:db8::1',
    '4000::1',
  ];

  it.each(internal)('%s belongs to a network of its own', (address) => {
    expect([isPrivateAddress(address), isInternalAddress(address)]).toEqual([true, true]);
  });

  it.each(neither)('%s is neither public nor of a network of its own', (address) => {
    expect([isPrivateAddress(address), isInternalAddress(address)]).toEqual([true, false]);
  });

  it.each(['140.82.121.4', '93.184.216.34', '172.32.0.1', '2606:4700::1', '::ffff:93.184.216.34'])(
    '%s is public',
    (address) => {
      expect([isPrivateAddress(address), isInternalAddress(address)]).toEqual([false, false]);
    },
  );
});
