import { useLayoutEffect, useState } from 'react';
import type { DmDeviceState } from '../../core/contract/state.ts';
import { useStudio } from '../state/store.ts';
import {
  followed,
  frameAt,
  settled,
  still,
  type Frame,
  type Motion,
} from '../viz/device-motion.ts';
import { inNextFrame } from '../viz/frame-loop.ts';

/**
 * The mapped devices as they are to be drawn now. With `moves` the events of the engine are played
 * one after another from when the view is opened; without it, each is there at once.
 */
export function useDeviceMotion(moves: boolean): Frame {
  const [frame, setFrame] = useState(() => frameAt(still(devicesNow()), 0));
  useLayoutEffect(() => play(moves, setFrame), [moves]);
  return frame;
}

const devicesNow = (): readonly DmDeviceState[] => useStudio.getState().lab?.devices ?? [];

/** Draws whenever something changes or moves, until what it returns is called. */
function play(moves: boolean, draw: (frame: Frame) => void): () => void {
  let motion: Motion = still(devicesNow());
  let seq = useStudio.getState().lab?.seq ?? 0;
  let drop = (): void => undefined;
  const show = (): void => {
    const now = moves ? performance.now() : Infinity;
    motion = settled(motion, now);
    draw(frameAt(motion, now));
    if (motion.steps.length > 0) drop = inNextFrame(show);
  };
  const leave = useStudio.subscribe((studio, before) => {
    if (!studio.lab || studio.lab === before.lab) return;
    const shown = motion;
    // Other counters are not kept as events, and move nothing.
    if (studio.lab.devices !== before.lab?.devices) motion = caughtUp(motion, seq);
    seq = studio.lab.seq;
    if (motion !== shown) show();
  });
  show();
  return () => {
    leave();
    drop();
  };
}

/** With the events after number `seq`; where some of them are not known, as all is now. */
function caughtUp(motion: Motion, seq: number): Motion {
  const { lab, events, lastIo } = useStudio.getState();
  if (!lab) return motion;
  const known = lastIo ? [...events, lastIo] : events;
  const fresh = known.filter((event) => event.seq > seq && event.seq <= lab.seq);
  if (fresh.length === 0 || fresh.length !== lab.seq - seq) return still(lab.devices);
  const now = performance.now();
  return fresh.reduce((all, { body }) => followed(all, body, now), motion);
}
