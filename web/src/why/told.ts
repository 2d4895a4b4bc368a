/** What do the answers of /timeline, /decisions and /explain hold? As docs/metrics.md has them; defaults are left out. */

export interface Standing {
  readonly agent: string;
  readonly reason: string;
  readonly chosen?: boolean;
  readonly lost_by?: string;
  readonly rule?: string;
  readonly figure?: number;
  readonly idle_s?: number;
  readonly pool?: string;
  readonly level?: number;
  readonly penalty?: number;
  readonly detail?: string;
  readonly have?: number;
  readonly need?: number;
  readonly most?: number;
  readonly for_s?: number;
  readonly left_s?: number;
}

export interface Look {
  readonly at: number;
  readonly contact: string;
  readonly queue: string;
  readonly standings?: readonly Standing[];
  readonly counts?: Readonly<Record<string, number>>;
  readonly rule?: string;
  readonly urgency?: number;
  readonly next_urgency?: number;
  readonly next_contact?: string;
  readonly ring?: number;
  readonly requires?: readonly (readonly [string, number])[];
  readonly version?: string;
  readonly widens_in_s?: number;
  readonly held?: boolean;
}

export interface Fact {
  readonly kind: string;
  readonly id: string;
  readonly old: string;
  readonly new: string;
  readonly at: number;
  readonly cause: string;
  readonly queue?: string;
  readonly agent?: string;
  readonly call?: string;
  readonly node?: string;
  readonly position?: number;
  readonly wait_s?: number;
  readonly ring_s?: number;
  readonly talk_s?: number;
  readonly seconds?: number;
  readonly until?: number;
  readonly expected_p90_s?: number;
  readonly ended_by?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly outbound?: boolean;
  readonly sought?: { readonly pools?: readonly string[]; readonly excluded?: readonly string[] };
}

export interface Passed {
  readonly at: number;
  readonly agent: string;
  readonly contact: string;
  readonly urgency: number;
  readonly own_urgency: number;
}

export interface ContactLine {
  readonly contact: string;
  readonly caller?: string | null;
  readonly queue?: string | null;
  readonly state?: string | null;
  readonly outcome?: string | null;
  readonly agent?: string | null;
  readonly disposition?: string | null;
}

export interface Timeline {
  readonly at: number;
  readonly contact: ContactLine;
  readonly facts: readonly Fact[];
  readonly now: { readonly look?: Look; readonly settling?: boolean } | null;
}

export interface Decisions {
  readonly looks: readonly Look[];
  readonly passed: readonly Passed[];
}

export interface Obstacle extends Standing {
  readonly contacts: number;
}

export interface QueueNow {
  readonly queue: string;
  readonly serves: boolean;
  readonly waiting: number;
  readonly for_him?: number;
  readonly obstacles?: readonly Obstacle[];
  readonly free_agents?: number;
  readonly asked_before?: number;
  readonly level?: number;
  readonly penalty?: number;
}

export interface AgentTold {
  readonly at: number;
  readonly now: {
    readonly agent: string;
    readonly standing: Standing;
    readonly queues?: readonly QueueNow[];
    readonly settling?: boolean;
  };
  readonly lost: readonly {
    readonly at: number;
    readonly contact: string;
    readonly queue: string;
    readonly winner: Standing | null;
    readonly his: Standing | null;
  }[];
}
