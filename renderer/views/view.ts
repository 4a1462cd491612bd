import type { ComponentType } from 'react';

/** A view of the stage or of the dock below it. */
export interface View {
  readonly id: string;
  readonly title: string;
  readonly Component: ComponentType;
}
