/** One call of EngineApi made from data that nobody has checked yet. */
import { BugError } from '../base/assert.ts';
import type { EngineApi } from '../contract/api.ts';
import type { Result } from '../contract/units.ts';
import type { WireFailure, WireMethod } from '../contract/wire.ts';
import { PARAMS, firstFault } from './wire-schema.ts';

/** Told about defects behind a door: they go to the terminal of whoever runs the engine. */
export type DefectReporter = (error: unknown, method: string) => void;

/** `subscribe` is missing: what it means depends on the door. */
export type AnswerableMethod = Exclude<WireMethod, 'subscribe'>;

/**
 * The answer as it crosses the door. Never rejects: a defect becomes the failure `bug`, whose
 * message says no more than that there is one.
 */
export async function answerCall(
  api: EngineApi,
  method: AnswerableMethod,
  params: unknown,
  defect: DefectReporter,
): Promise<Result<unknown, WireFailure>> {
  let call: Promise<unknown> | WireFailure;
  try {
    call = begin(api, method, params);
    if (!(call instanceof Promise)) return { ok: false, error: call };
    return { ok: true, value: await call };
  } catch (error) {
    defect(error, method);
    const kind = error instanceof BugError ? 'a defect' : 'an unexpected failure';
    return { ok: false, error: { code: 'bug', message: `${method} met ${kind} of the engine` } };
  }
}

function begin(
  api: EngineApi,
  method: AnswerableMethod,
  params: unknown,
): Promise<unknown> | WireFailure {
  switch (method) {
    case 'state': {
      const parsed = PARAMS.state.safeParse(params);
      return parsed.success ? api.state() : refusal(parsed.error);
    }
    case 'preview': {
      const parsed = PARAMS.preview.safeParse(params);
      return parsed.success ? api.preview(...parsed.data) : refusal(parsed.error);
    }
    case 'command': {
      const parsed = PARAMS.command.safeParse(params);
      return parsed.success ? api.command(...parsed.data) : refusal(parsed.error);
    }
    case 'read': {
      const parsed = PARAMS.read.safeParse(params);
      return parsed.success ? read(api, parsed.data) : refusal(parsed.error);
    }
    case 'write': {
      const parsed = PARAMS.write.safeParse(params);
      return parsed.success ? api.write(...parsed.data) : refusal(parsed.error);
    }
    case 'vgMetadata':
    case 'pvMetadata':
    case 'backupText': {
      const parsed = PARAMS[method].safeParse(params);
      return parsed.success ? api[method](...parsed.data) : refusal(parsed.error);
    }
    case 'proposeMoves': {
      const parsed = PARAMS.proposeMoves.safeParse(params);
      return parsed.success ? api.proposeMoves(...parsed.data) : refusal(parsed.error);
    }
    case 'reportFields':
    case 'backupFiles': {
      const parsed = PARAMS[method].safeParse(params);
      return parsed.success ? api[method]() : refusal(parsed.error);
    }
  }
}

async function read(api: EngineApi, params: [string, number, number]): Promise<unknown> {
  const done = await api.read(...params);
  if (!done.ok) return done;
  const { buffer, byteOffset, byteLength } = done.value;
  return { ok: true, value: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
}

function refusal(error: Parameters<typeof firstFault>[0]): WireFailure {
  return { code: 'bad-request', message: firstFault(error, ['params']) };
}
