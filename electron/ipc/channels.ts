/** Names of the messages between the page's preload script and the main process. */

/** Invoked with a method and its parameters; answers `WireReply`. */
export const CALL_CHANNEL = 'lvstudio:call';
/** Sent to the page with an EngineEvent. */
export const EVENT_CHANNEL = 'lvstudio:event';
