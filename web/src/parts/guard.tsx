/** What if a part of a page fails? It says so in its place; the rest of the page goes on. */

import { Component, type ComponentChildren } from 'preact';
import { words } from '../words';

interface GuardProps {
  readonly children: ComponentChildren;
}

export class Guard extends Component<GuardProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  override componentDidCatch(error: unknown): void {
    this.setState({ hasFailed: true });
    reportError(error);
  }

  override render({ children }: GuardProps) {
    if (!this.state.hasFailed) return children;
    return (
      <p class="problem" role="alert">
        {words.value.frame.broken}
      </p>
    );
  }
}
