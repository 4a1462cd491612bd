/** What the options of a client say, read from bytes that may be anything. */
import { byteStringToUtf8, bytesToByteString, view } from '../../base/bytes.ts';
import { BASE_ALLOCATION, TEXT_LIMIT } from '../protocol.ts';

/** Of INFO and GO. */
export interface InfoRequest {
  readonly name: string;
  /** Numbers of what it asks for. */
  readonly infos: readonly number[];
}

/** Of LIST_META_CONTEXT and SET_META_CONTEXT. */
export interface ContextRequest {
  readonly name: string;
  readonly queries: readonly string[];
}

/** The whole option is one name. Undefined: it is no name, as everywhere here. */
export function readName(data: Uint8Array): string | undefined {
  return data.length <= TEXT_LIMIT ? byteStringToUtf8(bytesToByteString(data)) : undefined;
}

export function readInfoRequest(data: Uint8Array): InfoRequest | undefined {
  const fields = new Fields(data);
  const name = fields.text();
  const count = fields.number(2);
  if (name === undefined || count === undefined || fields.left !== count * 2) return undefined;
  return { name, infos: Array.from({ length: count }, () => fields.number(2) ?? 0) };
}

export function readContextRequest(data: Uint8Array): ContextRequest | undefined {
  const fields = new Fields(data);
  const name = fields.text();
  const count = fields.number(4);
  if (name === undefined || count === undefined || count > fields.left / 4) return undefined;
  const queries: string[] = [];
  for (let at = 0; at < count; at++) {
    const query = fields.text();
    if (query === undefined) return undefined;
    queries.push(query);
  }
  return fields.left === 0 ? { name, queries } : undefined;
}

/** Whether the queries mean the one context there is; `base:` alone asks only what there is. */
export function wantsAllocation(queries: readonly string[], listing: boolean): boolean {
  if (listing && (queries.length === 0 || queries.includes('base:'))) return true;
  return queries.includes(BASE_ALLOCATION);
}

/** Fields one after the other; undefined where the data ends before the field does. */
class Fields {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly data: Uint8Array) {
    this.view = view(data);
  }

  get left(): number {
    return this.data.length - this.at;
  }

  number(length: 2 | 4): number | undefined {
    if (this.left < length) return undefined;
    const at = this.at;
    this.at += length;
    return length === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  text(): string | undefined {
    const length = this.number(4);
    if (length === undefined || length > this.left) return undefined;
    const from = this.at;
    this.at += length;
    return readName(this.data.subarray(from, this.at));
  }
}
