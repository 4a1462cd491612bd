import { Component, type ReactNode } from 'react';

interface Props {
  readonly name: string;
  readonly children: ReactNode;
}

/** A view that fails shows its error in its place; the rest of the window stays alive. */
export class ErrorBorder extends Component<Props, { readonly failed?: string }> {
  override state: { readonly failed?: string } = {};

  static getDerivedStateFromError(error: unknown): { failed: string } {
    return { failed: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.failed === undefined) return this.props.children;
    return (
      <p role="alert" className="failed">
        {this.props.name} cannot be shown: {this.state.failed}
      </p>
    );
  }
}
