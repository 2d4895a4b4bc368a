/** Which column of the file is what? As it was found out, and as somebody says; with the first rows to look at. */

import { useEffect, useState } from 'preact/hooks';
import { language, named, words } from '../../words';
import { sentence } from '../../words/sentences';
import type { Upload, Wishes } from './upload';

const SINGLE = ['name', 'zone', 'priority', 'consent'] as const;

interface ColumnsProps {
  readonly upload: Upload;
  /** What was said before. */
  readonly wishes: Wishes;
  readonly onWishes: (wishes: Wishes) => void;
}

export function Columns({ upload, wishes, onWishes }: ColumnsProps) {
  const said = words.value.campaigns.wizard;
  const look = upload.look;
  const [asked, setSaid] = useState<Wishes>(wishes);
  const wish = (more: Wishes) => setSaid({ ...asked, ...more });
  const found = look.columns ?? {};
  const columns = { ...found, ...asked.columns };
  const region = look.region ?? '';
  useEffect(() => onWishes({ region, ...asked }), [asked, region, onWishes]);
  const map = (field: string, chosen: readonly string[]) =>
    wish({ columns: { ...asked.columns, [field]: chosen.length === 0 ? ['-'] : chosen } });
  const labels = { name: said.name, zone: said.zoneColumn, priority: said.priority, consent: said.consent };
  return (
    <>
      {look.encoding && <p>{said.read(look.encoding, look.delimiter ?? ',')}</p>}
      <div class="map">
        <label>
          {said.region}
          <input
            maxLength={2}
            placeholder={said.suchAs('GB')}
            value={asked.region ?? look.region ?? ''}
            title={said.regionHint}
            autocapitalize="characters"
            onInput={(event) => wish({ region: event.currentTarget.value.toUpperCase() })}
          />
        </label>
        <label>
          {said.zone}
          <input
            placeholder={said.suchAs('Europe/London')}
            value={asked.zone ?? ''}
            onInput={(event) => wish({ zone: event.currentTarget.value.trim() })}
          />
        </label>
        <fieldset>
          <legend>{said.phone}</legend>
          {(look.names ?? []).map((name) => (
            <label key={name} class="check">
              <input
                type="checkbox"
                checked={columns.phone?.includes(name) ?? false}
                onChange={(event) => map('phone', turned(columns.phone ?? [], name, event.currentTarget.checked))}
              />
              {name}
            </label>
          ))}
        </fieldset>
        {SINGLE.map((field) => (
          <label key={field}>
            {labels[field]}
            <select
              value={columns[field]?.[0] ?? ''}
              onChange={(event) => map(field, event.currentTarget.value === '' ? [] : [event.currentTarget.value])}
            >
              <option value="">{said.none}</option>
              {(look.names ?? []).map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        ))}
        <label class="check">
          <input
            type="checkbox"
            checked={asked.header ?? look.header ?? true}
            onChange={(event) => wish({ header: event.currentTarget.checked })}
          />
          {said.header}
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={asked.not_across ?? false}
            onChange={(event) => wish({ not_across: event.currentTarget.checked })}
          />
          {said.notAcross}
        </label>
      </div>
      <Preview upload={upload} />
    </>
  );
}

/** In the order in which they were chosen: the first one is dialled first. */
function turned(chosen: readonly string[], name: string, isIn: boolean): readonly string[] {
  const others = chosen.filter((each) => each !== name);
  return isIn ? [...others, name] : others;
}

function Preview({ upload }: { readonly upload: Upload }) {
  const { wizard: said, verdicts } = words.value.campaigns;
  const rows = upload.look.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <section aria-label={said.preview}>
      <h3>{said.preview}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <div class="preview" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {[said.line, said.numbers, said.name, said.zoneColumn, said.verdict].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.line}>
                <td class="number">{row.line}</td>
                <td class="number">{row.numbers.join(', ')}</td>
                <td>{row.name}</td>
                <td>{row.zones.join(', ')}</td>
                <td>
                  {named(verdicts, row.verdict)}{' '}
                  {row.reason && <span class="quiet">{sentence(row.reason, language.value)}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
