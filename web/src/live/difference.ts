/** What does the picture look like after a message? Pure: no socket, no clock, no page. */

export type Row = Readonly<Record<string, unknown>>;
export type Rows = Readonly<Record<string, Row>>;
export type Topics = Readonly<Record<string, Rows>>;

export interface TopicChange {
  readonly set?: Readonly<Record<string, Row>>;
  readonly gone?: readonly string[];
}

export interface Snapshot {
  readonly type: 'snapshot';
  readonly boot: string;
  readonly build: string;
  readonly seq: number;
  readonly at: number;
  readonly topics: Topics;
}

export interface Change {
  readonly type: 'change';
  readonly seq: number;
  readonly at: number;
  readonly topics: Readonly<Record<string, TopicChange>>;
}

export interface Pulse {
  readonly type: 'pulse';
  readonly seq: number;
  readonly at: number;
  readonly nodes: Readonly<Record<string, string>>;
  readonly since: Readonly<Record<string, number | null>>;
}

export type Message = Snapshot | Change | Pulse;

/** The picture after `change`. Rows and topics that did not change stay the same objects, so that they are not drawn again. */
export function applyChange(topics: Topics, change: Change): Topics {
  const after: Record<string, Rows> = { ...topics };
  for (const [topic, difference] of Object.entries(change.topics)) {
    after[topic] = applyToTopic(topics[topic] ?? {}, difference);
  }
  return after;
}

function applyToTopic(rows: Rows, difference: TopicChange): Rows {
  const after: Record<string, Row> = { ...rows };
  for (const key of difference.gone ?? []) delete after[key];
  for (const [key, fields] of Object.entries(difference.set ?? {})) after[key] = applyToRow(after[key], fields);
  return after;
}

/** `today.answered` is the member of the object `today`; everything else of it stays. */
function applyToRow(row: Row | undefined, fields: Row): Row {
  const after: Record<string, unknown> = { ...row };
  for (const [name, value] of Object.entries(fields)) {
    const dot = name.indexOf('.');
    if (dot < 0) after[name] = value;
    else after[name.slice(0, dot)] = { ...(after[name.slice(0, dot)] as object), [name.slice(dot + 1)]: value };
  }
  return after;
}

/** Does `text` hold a message of ours? What we do not know is left out: an older page must outlive a newer engine. */
export function readMessage(text: string): Message | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const message = read as Partial<Message>;
  const known = message.type === 'snapshot' || message.type === 'change' || message.type === 'pulse';
  return known && typeof message.seq === 'number' && typeof message.at === 'number' ? (message as Message) : null;
}
