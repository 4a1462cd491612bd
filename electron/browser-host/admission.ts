/**
 * Who may come in. Every program and every page on this machine can reach a port on loopback; only
 * the browser that was given a ticket gets a cookie, and only the cookie opens anything.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';

export class Admission {
  private readonly tickets = new Set<string>();
  /** Not the ticket: that one can be seen in the list of processes. */
  private readonly secret = randomBytes(32).toString('base64url');
  private readonly cookieName: string;

  /** @param port of the server: cookies of one host are shared by all its ports */
  constructor(private readonly port: number) {
    this.cookieName = `lvstudio-${port}`;
  }

  /** Good for one browser. */
  issueTicket(): string {
    const ticket = randomBytes(32).toString('base64url');
    this.tickets.add(ticket);
    return ticket;
  }

  /** The Set-Cookie header for a ticket; undefined if it was never issued or is used up. */
  redeem(ticket: string): string | undefined {
    if (!this.tickets.delete(ticket)) return undefined;
    return `${this.cookieName}=${this.secret}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** @param cookies the Cookie header */
  knows(cookies: string | undefined): boolean {
    for (const pair of (cookies ?? '').split(';')) {
      const [name, value = ''] = pair.trim().split('=', 2);
      if (name === this.cookieName && same(value, this.secret)) return true;
    }
    return false;
  }

  /** The one spelling of our address. Another name that leads here is another site's. */
  isOurHost(host: string | undefined): boolean {
    return host === `127.0.0.1:${this.port}`;
  }

  /** Browsers send it with every web socket; who sends none is no page of ours. */
  isOurOrigin(origin: string | undefined): boolean {
    return origin === `http://127.0.0.1:${this.port}`;
  }
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
