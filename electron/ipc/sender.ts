/** Whether a message comes from the page itself. */
import { isPageUrl } from '../app-scheme.ts';

/** The part of Electron's event that tells who sent it. */
export interface SenderEvent {
  readonly senderFrame: SenderFrame | null;
  readonly sender: { readonly mainFrame: SenderFrame };
}

interface SenderFrame {
  readonly url: string;
}

/** The window's main frame, on our page: not a frame inside it, not a page it strayed to. */
export function isOurPage(event: SenderEvent): boolean {
  const { senderFrame, sender } = event;
  // A frame that is gone by now has none.
  return senderFrame !== null && senderFrame === sender.mainFrame && isPageUrl(senderFrame.url);
}
