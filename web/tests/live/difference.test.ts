import { describe, expect, it } from 'vitest';
import { applyChange, readMessage, type Topics } from '../../src/live/difference';

const before: Topics = {
  queues: { sales: { waiting: 1, target_s: 20 }, support: { waiting: 0 } },
  agents: { anna: { status: 'available' } },
};

function change(topics: Record<string, object>) {
  return { type: 'change' as const, seq: 2, at: 10, topics };
}

describe('applyChange', () => {
  it('sets only the fields that changed', () => {
    const after = applyChange(before, change({ queues: { set: { sales: { waiting: 2 } } } }));
    expect(after.queues?.sales).toEqual({ waiting: 2, target_s: 20 });
  });

  it('keeps the objects of what did not change, so that they are not drawn again', () => {
    const after = applyChange(before, change({ queues: { set: { sales: { waiting: 2 } } } }));
    expect(after.queues?.support).toBe(before.queues?.support);
    expect(after.agents).toBe(before.agents);
    expect(before.queues?.sales).toEqual({ waiting: 1, target_s: 20 });
  });

  it('sets only the members that changed of an object', () => {
    const rows = { queues: { sales: { today: { answered: 1, offered: 2 } } } };
    const after = applyChange(rows, change({ queues: { set: { sales: { 'today.offered': 3 } } } }));
    expect(after.queues?.sales).toEqual({ today: { answered: 1, offered: 3 } });
    expect(rows.queues.sales.today.offered).toBe(2);
  });

  it('adds rows and topics, and takes away what is gone', () => {
    const after = applyChange(
      before,
      change({ queues: { gone: ['support'] }, calls: { set: { c1: { state: 'waiting' } } } }),
    );
    expect(Object.keys(after.queues ?? {})).toEqual(['sales']);
    expect(after.calls).toEqual({ c1: { state: 'waiting' } });
  });

  it('takes a row that went and came back as a new one', () => {
    const after = applyChange(before, change({ queues: { gone: ['sales'], set: { sales: { waiting: 5 } } } }));
    expect(after.queues?.sales).toEqual({ waiting: 5 });
  });
});

describe('readMessage', () => {
  it('reads what is ours and leaves the rest out', () => {
    expect(readMessage('{"type":"pulse","seq":1,"at":2,"nodes":{},"since":{}}')?.type).toBe('pulse');
    for (const other of ['', 'null', '[]', '{"type":"advert","seq":1,"at":2}', '{"type":"change"}']) {
      expect(readMessage(other)).toBeNull();
    }
  });
});
