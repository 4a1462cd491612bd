/**
 * Text messages in both directions, in order, each whole. What a Unix socket, a web socket and
 * Electron's IPC have in common.
 */
export interface Channel {
  /** Does nothing once the channel is closed. */
  send(text: string): void;
  /** One listener; set before the first message can arrive. */
  onMessage(listener: (text: string) => void): void;
  /** Called once, whoever closed it. A listener added afterwards is called at once. */
  onClose(listener: () => void): void;
  /** Delivers what was sent, then closes. */
  close(): void;
}

/** Longest message in UTF-16 units: 4 MiB of data as base64, and room for what is around it. */
export const MESSAGE_LIMIT = 6 * 1024 * 1024;

/**
 * Most bytes that may wait for a peer that does not read, events included. A peer further behind
 * is cut off: it would have to begin again with the present state anyway.
 */
export const BACKLOG_LIMIT = 64 * 1024 * 1024;
