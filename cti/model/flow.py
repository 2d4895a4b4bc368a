"""What is a flow? Its name, languages, variables and nodes, as a supervisor writes them in config/flows/*.yaml.

Pure data. Contradictions between nodes are ivr/check.py's; reading files is flows/files.py's.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from cti.model.flow_nodes import RESERVED, AnyNode, Language, Target
from cti.model.flow_nodes import Variable as VariableName
from cti.model.policy import Digit, Name
from cti.model.schema import Policy
from cti.model.spoken import Kind, PromptField, prompt

Currency = Literal["CNY", "EUR", "GBP", "USD"]
BUILT_IN: dict[str, Kind] = {"caller": Kind.DIGITS, "dialled": Kind.DIGITS, "language": Kind.TEXT}


class Variable(Policy):
    """A variable of a flow. `sensitive`: never spoken, logged, shown, or carried in the channel's checkpoint."""

    type: Kind
    default: str | None = None
    sensitive: bool = False
    currency: Currency = "EUR"
    from_customer: bool = False  # filled at the beginning from what is known of the customer, under the same name


class Texts(Policy):
    """What is said where a node says nothing of its own."""

    wrong: PromptField = prompt({"en": "Sorry, that is not possible here.", "zh": "对不起，输入有误。"})
    silent: PromptField = prompt({"en": "We did not receive any input.", "zh": "我们没有收到您的输入。"})
    confirm: PromptField = prompt({"en": "You have entered", "zh": "您输入的是"})
    confirm_keys: PromptField = prompt(
        {"en": "If this is correct, press 1. To enter it again, press 2.", "zh": "正确请按1，重新输入请按2。"}
    )
    wait: PromptField = prompt({"en": "One moment, please.", "zh": "请稍候。"})
    sorry: PromptField = prompt(
        {"en": "We are sorry, something went wrong. Please call again.", "zh": "抱歉，系统出现问题，请稍后再拨。"}
    )


def _short_variable(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


AnyVariable: TypeAlias = Annotated[Variable, BeforeValidator(_short_variable)]


class Flow(Policy):
    """One flow. `everywhere` are keys that work in every menu and while something is said; `on` are the ways out that
    hold where a node names none of its own."""

    name: Name
    start: Target
    languages: tuple[Language, ...] = Field(default=("en",), min_length=1, max_length=10)
    variables: dict[VariableName, AnyVariable] = Field(default={})
    everywhere: dict[Digit, Target] = Field(default={})
    on: dict[Name, Target] = Field(default={})
    texts: Texts = Texts()
    nodes: dict[Name, AnyNode] = Field(min_length=1, max_length=1000)

    @model_validator(mode="after")
    def _names_are_free(self) -> Flow:
        for name in RESERVED:
            if name in self.nodes:
                raise ValueError(f'"{name}" has a meaning of its own; give the node another name')
        for name in BUILT_IN:
            if name in self.variables:
                raise ValueError(f'the variable "{name}" is there without being declared; give yours another name')
        return self
