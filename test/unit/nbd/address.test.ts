/** Addresses of exports, as doc/uri.md of the NBD project has them. */
import { expect, test } from 'vitest';
import { parseAddress, printAddress } from '../../../core/nbd/client/address.ts';

function again(text: string): string {
  const parsed = parseAddress(text);
  return parsed.ok ? printAddress(parsed.value) : parsed.error;
}

test.each([
  ['nbd://example.com/disk', 'disk'],
  ['nbd+unix:///disk?socket=/s', 'disk'],
  ['nbd://example.com/', ''],
  ['nbd://example.com', ''],
  ['nbd://example.com//disk', '/disk'],
  ['nbd://example.com/hello%20world', 'hello world'],
  ['nbd://example.com/vg%2Flv', 'vg/lv'],
])('the export of %s is "%s"', (text, name) => {
  expect(parseAddress(text)).toMatchObject({ ok: true, value: { exportName: name } });
});

test.each([
  ['nbd://Example.COM:10809/a', 'nbd://example.com/a'],
  ['NBD://h:1/a/b', 'nbd://h:1/a/b'],
  ['nbd://[::1]:99/x', 'nbd://[::1]:99/x'],
  ['nbd://h', 'nbd://h/'],
  ['nbd+unix:///?socket=/run/a%20b%26c.sock', 'nbd+unix:///?socket=/run/a%20b%26c.sock'],
  ['nbd+unix:///a%3Fb?socket=/s%3d1', 'nbd+unix:///a%3Fb?socket=/s=1'],
  ['nbd://h/%E2%82%AC', 'nbd://h/%E2%82%AC'],
])('%s is printed as %s, and understood again', (text, printed) => {
  expect(again(text)).toBe(printed);
  expect(again(printed)).toBe(printed);
});

test.each([
  ['nbds://h/x', /TLS/],
  ['nbds+unix:///x?socket=/s', /TLS/],
  ['nbd://h/x?tls-type=psk', /TLS/],
  ['nbd+vsock://3/x', /vsock/],
  ['nbd+ssh://h/x', /ssh/],
  ['http://h/x', /nbd:\/\/HOST/],
  ['nbd:unix:/sock', /names no host/],
  ['nbd:///x', /names no host/],
  ['nbd://user@h/x', /user/],
  ['nbd://h:0/x', /port 0/],
  ['nbd://h:65536/x', /port 65536/],
  ['nbd://h:12a/x', /names no host/],
  ['nbd://h/%zz', /cannot be decoded/],
  ['nbd://h/%ff', /cannot be decoded/],
  ['nbd://h/a%00b', /cannot be decoded/],
  ['nbd://h/x#y', /no address/],
  ['nbd://h/x?y=1', /"y"/],
  ['nbd://h/x?socket=/s', /"socket"/],
  [`nbd://h/${'x'.repeat(4097)}`, /too long/],
  ['nbd://h/\ud800', /no address/],
  ['nbd+unix:///x', /no socket/],
  ['nbd+unix:///x?socket=s', /absolute/],
  ['nbd+unix:///x?socket=%00abstract', /absolute/],
  ['nbd+unix:///x?socket=/a&socket=/b', /"socket"/],
  [`nbd+unix:///x?socket=/${'s'.repeat(107)}`, /107 bytes/],
  ['nbd+unix://host/x?socket=/s', /names a host/],
])('%s is refused', (text, why) => {
  expect(again(text)).toMatch(why);
});
