/** How does a list come in? File, columns, a trial that keeps nothing, and only then the import. */

import { useRef, useState } from 'preact/hooks';
import { newOnce } from '../../api/client';
import { Problem } from '../../api/problem';
import { may } from '../../api/session';
import { Dialog } from '../../parts/dialog';
import { download } from '../../parts/download';
import { percent } from '../../parts/figures';
import { problemText, say } from '../../parts/toast';
import { language, words } from '../../words';
import { sentence } from '../../words/sentences';
import { Columns } from './columns';
import { Reasons } from './detail';
import { drop, sendList, step, stop, through, type Upload, type Wishes } from './upload';

const STEPS = ['file', 'columns', 'trial', 'import'] as const;

interface WizardProps {
  readonly campaign: string;
  readonly onClose: () => void;
  readonly onImported: () => void;
}

export function Wizard({ campaign, onClose, onImported }: WizardProps) {
  const said = words.value.campaigns.wizard;
  const [upload, setUpload] = useState<Upload | null>(null);
  const [at, setAt] = useState<(typeof STEPS)[number]>('file');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [sent, setSent] = useState<number | null>(null);
  const [isStopping, setStopping] = useState(false);
  const wishes = useRef<Wishes>({});
  const [once] = useState(newOnce);
  const stopSending = useRef<() => void>(() => undefined);
  const work = async (task: () => Promise<void>) => {
    setBusy(true);
    setProblem('');
    try {
      await task();
    } catch (error) {
      setProblem(problemText(error));
    } finally {
      setBusy(false);
    }
  };
  const isWorkedOn = upload?.state === 'trying' || upload?.state === 'importing';
  /** Closed by itself, an import goes on; by "cancel" it is stopped. */
  const close = () => {
    stopSending.current();
    if (upload?.state === 'importing') say(said.goesOn);
    else if (upload) drop(campaign, upload);
    onClose();
  };
  const cancel = () => {
    if (!upload || !isWorkedOn) return close();
    setStopping(true);
    stop(campaign, upload).catch((error: unknown) => {
      setStopping(false);
      setProblem(problemText(error));
    });
  };
  const send = (file: File) =>
    work(async () => {
      const sending = sendList(campaign, file, setSent);
      stopSending.current = sending.stop;
      try {
        setUpload((await sending.answer).upload);
        setAt('columns');
      } catch (error) {
        if (!(error instanceof Problem && error.reason === 'stopped')) throw error;
      } finally {
        stopSending.current = () => undefined;
        setSent(null);
      }
    });
  const go = (word: 'look' | 'try' | 'import', next: (typeof STEPS)[number]) =>
    work(async () => {
      if (!upload) return;
      const begun = await step(campaign, upload, word, wishes.current, once);
      setUpload(begun);
      if (word !== 'look') setAt(next);
      const now = await through(campaign, begun, setUpload);
      if (word === 'import' && now.state === 'done') onImported();
      if (now.state === 'stopped') {
        say(said.stopped);
        drop(campaign, now);
        onClose();
      }
    });
  return (
    <Dialog title={said.title(campaign)} onClose={close} wide>
      <div class="dialog-body">
        <ol class="steps">
          {STEPS.map((name) => (
            <li key={name} aria-current={name === at ? 'step' : undefined}>
              {said.steps[name]}
            </li>
          ))}
        </ol>
        {at === 'file' && <FileStep isBusy={isBusy} sent={sent} onFile={send} />}
        {at === 'columns' && upload && (
          <Columns
            upload={upload}
            wishes={wishes.current}
            onWishes={(next) => {
              wishes.current = next;
            }}
          />
        )}
        {(at === 'trial' || at === 'import') && upload && <Outcome upload={upload} />}
        {[...(upload?.problems ?? []), ...(problem === '' ? [] : [problem])].map((text) => (
          <p key={text} class="problem" role="alert">
            {sentence(text, language.value)}
          </p>
        ))}
      </div>
      <footer class="dialog-foot">
        {upload?.state !== 'done' && (
          <button type="button" disabled={isStopping} onClick={cancel}>
            {isStopping ? said.stopping : isWorkedOn ? said.stop : words.value.parts.cancel}
          </button>
        )}
        {at === 'columns' && (
          <>
            <button type="button" disabled={isBusy} onClick={() => go('look', 'columns')}>
              {said.lookAgain}
            </button>
            <button type="button" class="primary" disabled={isBusy} onClick={() => go('try', 'trial')}>
              {said.next}
            </button>
          </>
        )}
        {at === 'trial' && (
          <>
            <button type="button" disabled={isBusy} onClick={() => setAt('columns')}>
              {said.back}
            </button>
            <button
              type="button"
              class="primary"
              disabled={isBusy || upload?.state !== 'tried' || !upload.verdicts?.valid}
              onClick={() => go('import', 'import')}
            >
              {said.confirm(upload?.verdicts?.valid ?? 0)}
            </button>
          </>
        )}
        {upload?.state === 'done' && (
          <button type="button" class="primary" onClick={close}>
            {words.value.parts.close}
          </button>
        )}
      </footer>
    </Dialog>
  );

  function Outcome({ upload }: { readonly upload: Upload }) {
    const names = words.value.campaigns.verdicts;
    if (upload.state === 'trying' || upload.state === 'importing') {
      const share = upload.bytes > 0 ? upload.done_bytes / upload.bytes : 0;
      const text = upload.state === 'trying' ? said.trying(percent(share)) : said.importing(percent(share));
      return (
        <p role="status">
          <progress value={share} max={1} aria-label={text} /> {text}
        </p>
      );
    }
    if (upload.verdicts === undefined) return null;
    const valid = upload.verdicts.valid ?? 0;
    const refused = (upload.rows ?? 0) - valid;
    const notes: readonly [(rows: number) => string, number | undefined][] = [
      [said.outside, upload.outside_hours_now],
      [said.elsewhere, upload.in_another_campaign],
      [said.leftOut, upload.numbers_left_out],
      [said.unreadable, upload.unreadable_letters],
    ];
    return (
      <div role="status">
        <p>
          <strong>{upload.state === 'done' ? said.done(valid) : said.counts(valid, upload.rows ?? 0)}</strong>
        </p>
        <Reasons
          counts={Object.fromEntries(Object.entries(upload.verdicts).filter(([, rows]) => rows > 0))}
          names={names}
          whole={upload.rows ?? 0}
        />
        {notes.map(([note, rows]) => (rows ? <p key={note(rows)}>{note(rows)}</p> : null))}
        {(upload.reasons ?? []).length > 0 && (
          <>
            <h3>{said.reasons}</h3>
            <ul>
              {upload.reasons?.map((reason) => (
                <li key={reason.text}>
                  {sentence(reason.text, language.value)}: {reason.rows}
                </li>
              ))}
            </ul>
          </>
        )}
        {refused > 0 && may('numbers.see') && (
          <button type="button" onClick={() => download(`/campaigns/${campaign}/uploads/${upload.upload}/rejected`)}>
            {said.rejected}
          </button>
        )}
      </div>
    );
  }
}

interface FileStepProps {
  readonly isBusy: boolean;
  /** Which part of the file is there; null while none is sent. */
  readonly sent: number | null;
  readonly onFile: (file: File) => void;
}

function FileStep({ isBusy, sent, onFile }: FileStepProps) {
  const said = words.value.campaigns.wizard;
  return (
    <>
      <label>
        {said.file}
        <input
          type="file"
          accept=".csv,.txt,.tsv,text/csv,text/plain"
          disabled={isBusy}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) onFile(file);
          }}
        />
      </label>
      {isBusy ? (
        <p role="status">
          <progress value={sent ?? 0} max={1} aria-label={said.uploading} /> {said.uploading} {percent(sent)}
        </p>
      ) : (
        <p class="quiet">{said.fileHint}</p>
      )}
    </>
  );
}
