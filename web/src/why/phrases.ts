/** How does a reason read? Facts and standings as phrases in the page's language. Pure: the words are an argument. */

import type { Said } from '../words';
import type { why as english } from '../words/en/why';
import type { Fact, Look, QueueNow, Standing } from './told';

export type Words = Said<typeof english>;

/** 7 s, 1:05 min, 2:03:04 h. */
export function span(value: number | undefined, said: Words): string {
  const whole = Math.max(0, Math.floor(value ?? 0));
  const two = (part: number) => String(part).padStart(2, '0');
  if (whole < 120) return said.time.seconds(whole);
  if (whole < 3600) return said.time.minutes(`${Math.floor(whole / 60)}:${two(whole % 60)}`);
  return said.time.hours(`${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`);
}

/** How one agent stands; for a free one, what put him behind `best`. */
export function standingPhrase(each: Standing, best: Standing | undefined, said: Words): string {
  if (each.reason === 'free') return freePhrase(each, best, said);
  return statePhrase(each, said) ?? notHis(each, said);
}

/** What he does, where that is why; undefined where it is something else. */
function statePhrase(each: Standing, said: Words): string | undefined {
  const states: Readonly<Record<string, string | undefined>> = {
    logged_out: said.state.logged_out,
    on_break: said.state.on_break,
    preview: said.state.preview,
    ringing: said.state.ringing,
    dialling: said.state.dialling,
    talking: said.state.talking,
    hold: said.state.hold,
    wrapup: said.state.wrapup,
    engaged: said.state.engaged,
    resting: said.state.resting,
  };
  const state = states[each.reason];
  if (state === undefined) return undefined;
  const detail = each.detail ? ` (${each.detail})` : '';
  if (each.left_s !== undefined) return `${state}${detail}${said.state.left(span(each.left_s, said))}`;
  return `${state}${detail}${each.for_s === undefined ? '' : said.state.for(span(each.for_s, said))}`;
}

/** The state of an agent by himself. */
export function ownState(each: Standing, said: Words): string {
  if (each.reason !== 'free') return standingPhrase(each, undefined, said);
  return each.idle_s === undefined ? said.state.freeNow : said.state.free(span(each.idle_s, said));
}

export function notHis(each: Standing, said: Words): string {
  const soon = each.left_s === undefined ? '' : said.not.soon(span(each.left_s, said));
  switch (each.reason) {
    case 'skill':
      return `${said.not.skill(each.detail ?? '', each.have ?? 0, each.need ?? 0)}${soon}`;
    case 'excluded':
      return `${said.not.excluded}${each.left_s === undefined ? '' : said.not.again(span(each.left_s, said))}`;
    case 'penalty':
      return said.not.penalty(each.have ?? 0, String(each.need ?? '…'), String(each.most ?? '…'));
    case 'held':
      return said.not.held;
    case 'later':
      return `${said.not.later}${soon}`;
    default:
      return said.not.elsewhere;
  }
}

function figureOf(each: Standing, said: Words): string {
  if (each.figure === undefined || !each.rule) return '';
  const told: Readonly<Record<string, string>> = {
    longest_idle: said.figures.longest_idle(span(each.figure, said)),
    least_occupied: said.figures.least_occupied(`${Math.round(each.figure * 100)} %`),
    fewest_contacts: said.figures.fewest_contacts(String(Math.round(each.figure))),
    round_robin: said.figures.round_robin(each.figure === 0 ? '–' : String(Math.round(each.figure))),
    linear: said.figures.linear(String(Math.round(each.figure))),
    weighted_random: said.figures.weighted_random(String(each.figure)),
    best_skill: said.figures.best_skill(String(each.figure)),
  };
  return told[each.rule] ?? '';
}

function freePhrase(each: Standing, best: Standing | undefined, said: Words): string {
  const figure = figureOf(each, said);
  if (each.chosen) return figure === '' ? said.chosenPlain : said.chosen(figure);
  if (best === undefined || !each.lost_by) return figure === '' ? said.freePlain : `${said.freePlain}, ${figure}`;
  const lost: Readonly<Record<string, string>> = {
    ring: said.lostBy.ring(each.pool ?? '', best.pool ?? ''),
    level: said.lostBy.level(String(each.level ?? '–'), String(best.level ?? '–')),
    penalty: said.lostBy.penalty(String(each.penalty ?? 0), String(best.penalty ?? 0)),
    figure: said.lostBy.figure(figure, figureOf(best, said)),
    idle: said.lostBy.idle(span(each.idle_s, said), span(best.idle_s, said)),
    flexible: said.lostBy.flexible,
    name: said.lostBy.name,
    lot: said.lostBy.lot,
    maximum: said.lostBy.maximum,
  };
  return lost[each.lost_by] ?? figure;
}

/** What one look for an agent was about. */
export function lookPhrase(look: Look, said: Words): string {
  const rules: Readonly<Record<string, string>> = said.rules;
  const rule = look.rule ? (rules[look.rule] ?? look.rule.replaceAll('_', ' ')) : '';
  const parts = [rule !== '' ? rule : look.held ? said.not.held : said.look.inVain];
  parts.push(said.look.urgency((look.urgency ?? 0).toFixed(2)));
  if (look.next_urgency !== undefined)
    parts.push(said.look.against(look.next_urgency.toFixed(2), look.next_contact ?? '–'));
  if (look.ring) parts.push(said.look.ring(look.ring));
  if (look.requires?.length) parts.push(said.look.needs(look.requires.map((each) => each.join(' ')).join(', ')));
  if (look.widens_in_s !== undefined && !look.rule) parts.push(said.look.widens(span(look.widens_in_s, said)));
  if (look.version) parts.push(said.look.policy(look.version));
  return parts.join('; ');
}

/** What one queue has for an agent. */
export function queuePhrase(queue: QueueNow, standing: Standing, said: Words): string {
  const parts = (queue.obstacles ?? []).map((each) => said.queue.notForHim(each.contacts, notHis(each, said)));
  const forHim = queue.for_him ?? 0;
  const free = queue.free_agents ?? 0;
  if (queue.waiting === 0) parts.push(said.queue.nobody);
  else if (forHim > 0 && standing.reason !== 'free') parts.push(said.queue.couldBe(forHim));
  if (queue.asked_before) parts.push(said.queue.before(queue.asked_before, free));
  else if (queue.asked_before === 0) parts.push(said.queue.next);
  else if (free > 0) parts.push(said.queue.free(free));
  if (queue.level !== undefined && (queue.level > 1 || queue.penalty))
    parts.push(said.queue.own(queue.level, queue.penalty ?? 0));
  return parts.join('; ');
}

/** One that is not known is shown as it is. */
function word(table: Readonly<Record<string, string>>, said: string): string {
  return table[said] ?? said.replaceAll('_', ' ');
}

/** What happened to a contact; null for what another fact of the same moment says better. */
export function factPhrase(fact: Fact, said: Words): string | null {
  switch (fact.kind) {
    case 'contact':
      return contactPhrase(fact, said);
    case 'visit':
      return visitPhrase(fact, said);
    case 'offer':
      return offerPhrase(fact, said);
    case 'reach':
      return reachPhrase(fact, said);
    case 'place':
      return placePhrase(fact, said);
    case 'attempt':
      if (fact.new === 'placed') return said.fact.called(fact.node ?? '');
      return fact.new === 'answered' ? said.fact.answersUs : said.fact.attemptOver(word(said.results, fact.new));
    case 'transfer':
      return said.fact.transferred(word(said.transfers, fact.new));
    case 'flow':
      return said.fact.flow(fact.old, [fact.reason, fact.new].filter(Boolean).join(' ').replaceAll('_', ' '));
    case 'disposition':
      return said.fact.disposition(fact.new);
    case 'survey':
      return said.fact.survey(fact.old, fact.new);
    case 'follow_up':
      return said.fact.followUp(fact.new, fact.reason ?? '');
    default:
      return null;
  }
}

function contactPhrase(fact: Fact, said: Words): string | null {
  if (fact.old === '') return fact.outbound && !fact.call ? said.fact.toBeCalled : said.fact.calls;
  if (fact.new === 'waiting' && fact.old === 'offered') return said.fact.backInLine;
  if (fact.new === 'in_flow') return said.fact.inFlow(fact.reason ?? '');
  if (fact.new === 'aside') return said.fact.aside;
  return fact.new === 'ended' ? said.fact.over : null;
}

function visitPhrase(fact: Fact, said: Words): string | null {
  if (fact.new === 'answered') return null;
  if (fact.new === 'waiting') {
    const expected = fact.expected_p90_s === undefined ? '' : said.fact.expected(span(fact.expected_p90_s, said));
    return `${said.fact.waits(fact.queue ?? '', String(fact.position ?? '–'))}${expected}`;
  }
  const after = fact.wait_s === undefined ? '' : said.fact.afterTime(span(fact.wait_s, said));
  return `${said.fact.leaves(fact.queue ?? '', word(said.outcomes, fact.new))}${fact.reason ? ` (${fact.reason})` : ''}${after}`;
}

function offerPhrase(fact: Fact, said: Words): string {
  const agent = fact.agent ?? '?';
  if (fact.new === 'ringing') return said.fact.rings(agent);
  if (fact.new === 'dialling') return said.fact.kept(agent);
  if (fact.new === 'accepted') return said.fact.answers(agent, span(fact.ring_s, said), span(fact.wait_s, said));
  if (fact.new === 'ended') {
    const whom = (said.endedBy as Readonly<Record<string, string>>)[fact.ended_by ?? ''];
    return `${said.fact.talkOver(agent, span(fact.talk_s, said))}${whom === undefined ? '' : said.fact.endedBy(whom)}`;
  }
  const how = word(said.offers, fact.new);
  const again = fact.until === undefined ? '' : said.fact.notAgain(span(fact.until - fact.at, said));
  return `${agent} ${how}${again}`;
}

function reachPhrase(fact: Fact, said: Words): string {
  const pools = (fact.sought?.pools ?? []).join(', ');
  if (fact.old !== fact.new) return said.fact.ring(fact.new, pools);
  const out = (fact.sought?.excluded ?? []).join(', ');
  return out === '' ? said.fact.asked(pools) : said.fact.leftOut(out);
}

function placePhrase(fact: Fact, said: Words): string {
  const given = fact.seconds ?? 0;
  const time = span(Math.abs(given), said);
  const what = given === 0 ? said.fact.placed : given > 0 ? said.fact.given(time) : said.fact.taken(time);
  return `${what}${fact.position === undefined ? '' : said.fact.position(String(fact.position))}`;
}

/** Who or what brought a fact about. */
export function whoPhrase(fact: Fact, said: Words): string {
  if (fact.by) return fact.by;
  if (fact.kind === 'offer' && fact.old === '') return said.who.engine;
  if (fact.cause.startsWith('deadline:')) return said.who.time;
  if (['OfferAnswered', 'OfferEnded', 'LegDown', 'RingEnded'].includes(fact.cause) && fact.agent) return fact.agent;
  const known: Readonly<Record<string, string>> = {
    CallArrived: said.who.caller,
    CallGone: said.who.caller,
    DigitPressed: said.who.caller,
    SurveyAnswered: said.who.caller,
    FlowEnqueues: said.who.flow,
    FlowEnded: said.who.flow,
    FlowTold: said.who.flow,
    resumed: said.who.restart,
    AgentRestored: said.who.restart,
    NodeUp: said.who.reconcile,
    NodeChecked: said.who.reconcile,
    PolicyChanged: said.who.policy,
  };
  return known[fact.cause] ?? (fact.kind === 'reach' ? said.who.engine : said.who.switch);
}
