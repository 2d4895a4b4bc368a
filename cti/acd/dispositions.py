"""What came of a talk? The agent says it, while he talks or in his wrap-up, which it ends.

Holds for the queue in which he talked. A contact that has been talked to twice has two dispositions: the newest holds.
"""

from __future__ import annotations

from cti.acd.agent import Agent, Talk
from cti.acd.floor import Floor
from cti.acd.offer import Offer
from cti.model import policy
from cti.model.changes import Changed, Kind, Refused
from cti.model.words import Activity, RefusedReason

_NONE = policy.Queue()


def talk_of(floor: Floor, offer: Offer) -> Talk:
    """What is to be remembered of the talk of `offer` once its contact has gone."""
    contact = floor.contacts[offer.contact]
    callout = contact.callout
    return Talk(
        offer.contact,
        contact.call,
        offer.queue,
        offer.id,
        offer.disposition,
        caller=contact.caller or ("" if callout is None else callout.number),
        dialled=contact.dialled,
        customer=tuple(contact.customer.items()),
        campaign="" if callout is None else callout.campaign,
    )


def dispose(floor: Floor, agent: Agent, name: str, by: str) -> Refused | None:
    """The agent (or `by`, on his behalf) says what came of the talk that he has, or whose wrap-up he is in."""
    if agent.activity in (Activity.TALKING, Activity.HOLD) and agent.offer is not None:
        talk = talk_of(floor, floor.offers[agent.offer])
    elif agent.activity is Activity.WRAPUP and agent.talk is not None:
        talk = agent.talk
    else:
        return Refused(RefusedReason.NOT_IN_WRAPUP)
    known = _rules(floor, talk).dispositions
    if name not in known:
        return Refused(RefusedReason.UNKNOWN_DISPOSITION, f"{talk.queue}: {', '.join(known) or 'it has none'}")
    _tell(floor, agent, talk, talk.disposition, name, by)
    if agent.offer is not None:
        floor.offers[agent.offer].disposition = name
    else:
        agent.talk = talk._replace(disposition=name)
    return None


def wanting(floor: Floor, agent: Agent) -> Refused | None:
    """Why his wrap-up cannot end by his word alone: the queue wants to know what came of the talk."""
    talk = agent.talk
    if talk is None or talk.disposition or _rules(floor, talk).disposition != "required":
        return None
    known = ", ".join(_rules(floor, talk).dispositions)
    return Refused(RefusedReason.DISPOSITION_REQUIRED, f"{talk.queue}: {known}")


def over(floor: Floor, agent: Agent) -> None:
    """His wrap-up is over. Where he has said nothing, what the queue says for that case holds."""
    talk, agent.talk = agent.talk, None
    if talk is None or talk.disposition:
        return
    default = _rules(floor, talk).disposition_default
    if default is not None:
        _tell(floor, agent, talk, "", default, "engine")


def _rules(floor: Floor, talk: Talk) -> policy.Queue:
    return floor.policy.queues.get(talk.queue, _NONE)  # the queue may be gone by a new policy


def _tell(floor: Floor, agent: Agent, talk: Talk, old: str, new: str, by: str) -> None:
    floor.tell(
        Changed(
            Kind.DISPOSITION,
            talk.contact,
            old,
            new,
            floor.now,
            floor.cause,
            queue=talk.queue,
            agent=agent.id,
            contact=talk.contact,
            call=talk.call,
            offer=talk.offer,
            by=by,
        )
    )
