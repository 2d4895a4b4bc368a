"""What does `status == "shipped" and total > 100` mean? A small language for branch and set, checked before it runs.

Never evaluates Python: the text is parsed to a tree, of which only what stands here is allowed. Bounded in length,
depth, numbers and texts; running it never raises: what cannot be computed is *unknown* (None), and a comparison with
something unknown is false.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from cti.ivr.values import LARGEST, MAX_TEXT_CHARS, Plain
from cti.model.spoken import Kind
from cti.suggest import did_you_mean

MAX_CHARS, MAX_DEPTH = 300, 20
TEXT, NUMBER, FLAG = "text", "number", "yes or no"
TYPE_OF_KIND = {Kind.NUMBER: NUMBER, Kind.MONEY: NUMBER, Kind.FLAG: FLAG}


class BadExpression(ValueError):
    """What is wrong, and at which character (from 1)."""

    def __init__(self, column: int, text: str) -> None:
        super().__init__(text)
        self.column, self.text = column, text


class Expression(NamedTuple):
    text: str
    tree: ast.expr


class Function(NamedTuple):
    """`takes` "" stands for any type."""

    takes: str
    gives: str
    run: Callable[[Any], Plain]


def _digits_of(value: str) -> Plain:
    return "".join(char for char in value if char in "0123456789")


def _to_number(value: str) -> Plain:
    try:
        return float(value) if len(value) <= 30 and value.isascii() and "_" not in value else None
    except ValueError:
        return None


def _to_text(value: Any) -> Plain:
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


FUNCTIONS: dict[str, Function] = {
    "len": Function(TEXT, NUMBER, lambda value: float(len(value))),
    "lower": Function(TEXT, TEXT, str.lower),
    "upper": Function(TEXT, TEXT, str.upper),
    "digits": Function(TEXT, TEXT, _digits_of),
    "number": Function(TEXT, NUMBER, _to_number),
    "text": Function(NUMBER, TEXT, _to_text),
    "round": Function(NUMBER, NUMBER, lambda value: float(round(value))),
    "known": Function("", FLAG, lambda value: value is not None),
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.In: lambda one, many: one in many, ast.NotIn: lambda one, many: one not in many,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}  # fmt: skip
REMEDIES = (("&&", "write and"), ("||", "write or"), ("!", "write not"), ("“", 'use plain quotes "'), ("=", "write =="))


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Return the expression in `text`. Raises BadExpression."""
    if len(text) > MAX_CHARS:
        raise BadExpression(1, f"longer than {MAX_CHARS} characters; use several nodes")
    try:
        with warnings.catch_warnings(action="ignore"):  # of "\\d" in a text: a matter between Python and its authors
            tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        column = min(max(error.offset or 1, 1), len(text) + 1)
        wrong = next((hint for sign, hint in REMEDIES if sign in text.replace("==", "").replace("!=", "")), "")
        raise BadExpression(column, f"cannot be read from here{f': {wrong}' if wrong else ''}") from None
    except (ValueError, RecursionError, MemoryError):
        raise BadExpression(1, "cannot be read") from None
    _allow(tree, 0)
    return Expression(text.strip(), tree)


def _allow(node: ast.AST, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BadExpression(_column(node), f"nested deeper than {MAX_DEPTH} levels")
    match node:
        case ast.Constant(value=bool() | int() | float() | str()):
            if isinstance(node.value, int | float) and not abs(node.value) <= LARGEST:
                raise BadExpression(_column(node), "a number too large")
            return
        case ast.Name():
            return
        case ast.Call(func=ast.Name(), args=[_], keywords=[]):
            _allow(node.args[0], depth + 1)
        case ast.Tuple() | ast.List() | ast.BoolOp() | ast.Compare() | ast.BinOp() | ast.UnaryOp():
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    _allow(child, depth + 1)
        case _:
            raise BadExpression(_column(node), "only comparisons, and, or, not, in, + - * / % and functions may stand")


def _column(node: ast.AST) -> int:
    return getattr(node, "col_offset", 0) + 1


def names(expression: Expression) -> frozenset[str]:
    """Return the variables that the expression reads."""
    called = {id(node.func) for node in ast.walk(expression.tree) if isinstance(node, ast.Call)}
    found = (node for node in ast.walk(expression.tree) if isinstance(node, ast.Name) and id(node) not in called)
    return frozenset(node.id for node in found) - {"true", "false"}


def type_of(expression: Expression, kinds: Mapping[str, Kind]) -> str:
    """Return TEXT, NUMBER or FLAG: what the expression gives. Raises BadExpression for what could never work."""
    return _type(expression.tree, kinds)


def _type(node: ast.expr, kinds: Mapping[str, Kind]) -> str:
    match node:
        case ast.Constant():
            return FLAG if isinstance(node.value, bool) else TEXT if isinstance(node.value, str) else NUMBER
        case ast.Name(id="true" | "false"):
            return FLAG
        case ast.Name(id=name):
            if name not in kinds:
                near = did_you_mean(name, (*kinds, "true", "false"))
                raise BadExpression(_column(node), f'no variable "{name}"{near}; a text stands in quotes: "{name}"')
            return TYPE_OF_KIND.get(kinds[name], TEXT)
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            function = FUNCTIONS.get(name)
            if function is None:
                raise BadExpression(_column(node), f'no function "{name}"{did_you_mean(name, FUNCTIONS)}')
            given = _type(argument, kinds)
            if function.takes not in ("", given):
                raise BadExpression(_column(argument), f"{name}() takes a {function.takes}, this is a {given}")
            return function.gives
        case ast.BoolOp(values=values):
            for value in values:
                _expect(value, FLAG, kinds)
            return FLAG
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _expect(operand, FLAG, kinds)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _expect(operand, NUMBER, kinds)
        case ast.BinOp(op=op, left=left, right=right) if type(op) in ARITHMETIC:
            first = _type(left, kinds)
            wanted = first if isinstance(op, ast.Add) and first is TEXT else NUMBER
            _expect(left, wanted, kinds)
            return _expect(right, wanted, kinds)
        case ast.Compare():
            for one, comparison, other in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
                _comparable(one, comparison, other, kinds)
            return FLAG
    raise BadExpression(_column(node), "may not stand here")


def _expect(node: ast.expr, wanted: str, kinds: Mapping[str, Kind]) -> str:
    given = _type(node, kinds)
    if given is not wanted:
        raise BadExpression(_column(node), f"must be a {wanted}, this is a {given}")
    return wanted


def _comparable(one: ast.expr, op: ast.cmpop, other: ast.expr, kinds: Mapping[str, Kind]) -> None:
    if type(op) not in COMPARISONS:
        raise BadExpression(_column(other), "compare with ==, !=, <, <=, >, >= or in")
    first = _type(one, kinds)
    if isinstance(op, ast.In | ast.NotIn):
        if isinstance(other, ast.Tuple | ast.List):
            for item in other.elts:
                _expect(item, first, kinds)
        else:
            _expect(one, TEXT, kinds)
            _expect(other, TEXT, kinds)
        return
    second = _type(other, kinds)
    if first is not second:
        hint = "; digits are a text: put them in quotes" if {first, second} == {TEXT, NUMBER} else ""
        raise BadExpression(_column(other), f"a {first} is compared with a {second}{hint}")


def evaluate(expression: Expression, values: Mapping[str, Plain]) -> Plain:
    """Return the value, None where it cannot be known. Never raises."""
    try:
        found = _run(expression.tree, values)
    except (TypeError, ValueError, ArithmeticError, AttributeError, RecursionError):
        return None
    if isinstance(found, str):
        return found[:MAX_TEXT_CHARS]
    if isinstance(found, int | float) and not isinstance(found, bool):
        return float(found) if abs(found) <= LARGEST else None
    return found if isinstance(found, bool) else None


def _run(node: ast.expr, values: Mapping[str, Plain]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id="true" | "false" as word):
            return word == "true"
        case ast.Name(id=name):
            return values.get(name)
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            given = _run(argument, values)
            return None if given is None and name != "known" else FUNCTIONS[name].run(given)
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_run(part, values) is True for part in parts)
        case ast.BoolOp(values=parts):
            return any(_run(part, values) is True for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _run(operand, values) is not True
        case ast.UnaryOp(operand=operand):
            return -_run(operand, values)
        case ast.BinOp(op=op, left=left, right=right):
            return _calculate(op, _run(left, values), _run(right, values))
        case ast.Compare(left=left, ops=ops, comparators=others):
            return all(_compare(pair, values) for pair in zip([left, *others], ops, others, strict=False))
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return [_run(item, values) for item in items]
    return None


def _compare(pair: tuple[ast.expr, ast.cmpop, ast.expr], values: Mapping[str, Plain]) -> bool:
    one, other = _run(pair[0], values), _run(pair[2], values)
    return one is not None and other is not None and COMPARISONS[type(pair[1])](one, other)


def _calculate(op: ast.operator, one: Any, other: Any) -> Plain:
    """Only numbers, and texts one behind the other: a text times a milliard is a gigabyte, a text % x is a format."""
    if isinstance(one, str) and isinstance(other, str) and isinstance(op, ast.Add):
        return (one + other)[:MAX_TEXT_CHARS]
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in (one, other)):
        return None
    found = float(ARITHMETIC[type(op)](one, other))
    return found if abs(found) <= LARGEST else None
