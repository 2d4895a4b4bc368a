/** How is something asked before it is done? The browser's own modal dialog: Escape closes, the focus stays inside. */

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { newOnce, type Once } from '../api/client';
import { words } from '../words';
import { Icon } from './icon';
import { problemText } from './toast';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={wide ? 'is-wide' : undefined}
      aria-label={title}
      onClose={onClose}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header class="dialog-head">
        <h2>{title}</h2>
        <button type="button" class="plain" aria-label={words.value.parts.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface AskProps {
  readonly title: string;
  readonly confirm?: string;
  readonly isDanger?: boolean;
  /** What is to be done, `once` however often it is confirmed; what it throws is shown, and the dialog stays. It stays
   * for `false`, too: what is wrong is said elsewhere in it. */
  readonly onConfirm: (once: Once) => Promise<unknown>;
  /** Something else follows in its place: it is not closed when it is done. */
  readonly staysOpen?: boolean;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/** A dialog with one question: confirm (Enter) or not (Escape). */
export function AskDialog(props: AskProps) {
  const { title, confirm, isDanger = false, onConfirm, staysOpen = false, onClose, children } = props;
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [once] = useState(newOnce);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem('');
    try {
      const isDone = (await onConfirm(once)) !== false;
      if (!isDone) setBusy(false);
      else if (!staysOpen) onClose();
    } catch (error) {
      setProblem(problemText(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <div class="dialog-body">
          {children}
          {problem !== '' && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
        </div>
        <footer class="dialog-foot">
          <button type="button" onClick={onClose}>
            {words.value.parts.cancel}
          </button>
          <button type="submit" class={isDanger ? 'primary is-danger' : 'primary'} disabled={isBusy}>
            {confirm ?? words.value.parts.confirm}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
