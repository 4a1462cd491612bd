/** Sockets that one thread gives to another; here both ends are in the same one. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { giveSockets, takeSockets } from '../../../core/host/pass-socket.ts';
import { scratch } from './scratch.ts';

/** Echoes, with its number before it, whatever is sent to the sockets that it takes. */
async function ends() {
  const path = join(await scratch(), 's');
  let taking: Promise<boolean> | undefined;
  const giver = await giveSockets(path, () => {
    taking = takeSockets(path, (number, socket) => {
      socket?.on('data', (data) => socket.write(`${number}:${data.toString()}`)).resume();
    });
    return new Promise(() => undefined);
  });
  expect(await taking).toBe(true);
  if (!giver) throw new Error('sockets cannot be passed');
  return giver;
}

function listening(server: Server, where: { path: string } | { port: number; host: string }) {
  onTestFinished(() => void server.close());
  return new Promise<void>((resolve) => void server.listen(where, () => resolve()));
}

function answer(client: Socket, text: string): Promise<string> {
  return new Promise((resolve) => {
    client.once('data', (data) => resolve(data.toString()));
    client.write(text);
  });
}

test('what was sent before and after it was given arrives, and so does its end', async () => {
  const giver = await ends();
  let given = 0;
  const accept = (socket: Socket): void => void giver.give(++given, socket);
  const path = join(await scratch(), 'door');
  const [unix, tcp] = [1, 2].map(() => createServer({ pauseOnConnect: true }, accept));
  if (!unix || !tcp) throw new Error('no servers');
  await listening(unix, { path });
  await listening(tcp, { port: 0, host: '127.0.0.1' });
  const { port } = tcp.address() as { port: number };
  const clients = [connect({ path }), connect({ path }), connect({ port, host: '127.0.0.1' })];
  const first = await Promise.all(clients.map((client, index) => answer(client, `hello ${index}`)));
  expect(first.map((text) => text.slice(2)).sort()).toEqual(['hello 0', 'hello 1', 'hello 2']);
  expect(new Set(first.map((text) => text[0])).size).toBe(3);
  for (const client of clients) {
    expect(await answer(client, 'again')).toContain('again');
    const ended = new Promise((resolve) => client.once('close', resolve));
    client.end();
    await ended;
  }
});

test('without another end nothing is given', async () => {
  const path = join(await scratch(), 's');
  expect(await giveSockets(path, () => Promise.resolve())).toBeUndefined();
  const tooLong = join(await scratch(), 'x'.repeat(200));
  expect(await giveSockets(tooLong, () => Promise.resolve())).toBeUndefined();
});
