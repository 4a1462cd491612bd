/**
 * Where an export is: `nbd://host[:port]/export`, `nbd+unix:///export?socket=PATH` (doc/uri.md of
 * the NBD project).
 */
import { utf8ToByteString } from '../../base/bytes.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { TEXT_LIMIT } from '../protocol.ts';

export type NbdAddress = {
  /** May be empty: the server's default. */
  readonly exportName: string;
} & (
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly socket: string }
);

/** The port that IANA has given to NBD. */
const DEFAULT_PORT = 10809;

/** Bytes of a socket's path that Linux takes. */
const SOCKET_LIMIT = 107;

const FORM = 'nbd://HOST[:PORT]/EXPORT or nbd+unix:///EXPORT?socket=PATH';

/** Whether a word is meant as the address of an export, however wrong it may be. */
export const looksLikeAddress = (word: string): boolean => /^nbds?(\+\w+)?:/i.test(word);

/** The error is a clause about the address. */
export function parseAddress(text: string): Result<NbdAddress, string> {
  const parts = /^([a-z0-9+.-]+):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(#.*)?$/i.exec(text);
  const [, scheme = '', authority = '', path = '', query = '', fragment] = parts ?? [];
  const kind = scheme.toLowerCase();
  const refused = refusedScheme(kind);
  if (refused !== undefined) return err(refused);
  // Half a character cannot be encoded again.
  const broken = /\p{Surrogate}/u.test(text);
  if (!parts || fragment !== undefined || broken) return err(`is no address of an export: ${FORM}`);
  const exportName = decode(path.replace(/^\//, ''));
  if (exportName === undefined || exportName.includes('\0')) {
    return err('has an export name that cannot be decoded');
  }
  if (utf8Length(exportName) > TEXT_LIMIT) return err('has an export name that is too long');
  const socket = socketOf(query, kind === 'nbd+unix');
  if (!socket.ok) return socket;
  if (kind === 'nbd+unix') {
    if (authority !== '') return err(`names a host; ${FORM}`);
    return ok({ kind: 'unix', exportName, socket: socket.value });
  }
  const place = hostAndPort(authority);
  return place.ok ? ok({ kind: 'tcp', exportName, ...place.value }) : place;
}

function refusedScheme(scheme: string): string | undefined {
  if (scheme === 'nbd' || scheme === 'nbd+unix') return undefined;
  if (scheme.startsWith('nbds')) return 'asks for TLS, which is not spoken here';
  if (scheme.startsWith('nbd+'))
    return `asks for ${scheme.slice(4)}: only TCP and Unix sockets are`;
  return `is no address of an export: ${FORM}`;
}

/** The query of the address: a Unix one needs its socket, and there is nothing else to ask for. */
function socketOf(query: string, wanted: boolean): Result<string, string> {
  let socket: string | undefined;
  for (const pair of query === '' ? [] : query.split('&')) {
    const [key = '', ...rest] = pair.split('=');
    const value = decode(rest.join('='));
    if (key.startsWith('tls-')) return err('asks for TLS, which is not spoken here');
    if (key !== 'socket' || !wanted || socket !== undefined) {
      return err(`has "${key}", which means nothing there`);
    }
    if (value === undefined) return err('has a socket that cannot be decoded');
    socket = value;
  }
  if (!wanted) return ok('');
  if (socket === undefined) return err('names no socket: ?socket=PATH');
  if (!socket.startsWith('/') || socket.includes('\0')) {
    return err('has a socket that is no absolute path');
  }
  if (utf8Length(socket) > SOCKET_LIMIT) {
    return err(`has a socket of more than ${SOCKET_LIMIT} bytes`);
  }
  return ok(socket);
}

function hostAndPort(authority: string): Result<{ host: string; port: number }, string> {
  if (authority.includes('@')) return err('names a user, which only TLS could make use of');
  const [, literal, name, digits] =
    /^(?:\[([0-9a-f:.%]+)\]|([^:[\]]*))(?::(\d*))?$/i.exec(authority) ?? [];
  const host = literal ?? decode(name ?? '');
  if (host === undefined || host === '' || /[\0-\x20\x7f]/.test(host)) {
    return err(`names no host: ${FORM}`);
  }
  const port = digits === undefined || digits === '' ? DEFAULT_PORT : Number(digits);
  if (port < 1 || port > 65535) return err(`has port ${digits}: from 1 to 65535`);
  return ok({ host: host.toLowerCase(), port });
}

/** The same words for the same export, so that they can be compared, shown and parsed again. */
export function printAddress(address: NbdAddress): string {
  const name = encode(address.exportName);
  if (address.kind === 'unix') return `nbd+unix:///${name}?socket=${encode(address.socket)}`;
  const host = address.host.includes(':') ? `[${address.host}]` : encode(address.host);
  const port = address.port === DEFAULT_PORT ? '' : `:${address.port}`;
  return `nbd://${host}${port}/${name}`;
}

/** What a path may hold stays readable. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/%(2F|3A|40|2C|3D)/g, (code) => decodeURIComponent(code));

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const utf8Length = (text: string): number => utf8ToByteString(text).length;
