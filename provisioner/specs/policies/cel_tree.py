"""What an expression is made of: the checked tree as the library serializes it (cel.expr.CheckedExpr of the CEL spec).

The library shows no tree. Only the members that are looked at are described here; protobuf passes over the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

_TEXT, _INT64, _INT32, _BOOL = 9, 3, 5, 8
_MESSAGE = 11
_OPTIONAL, _REPEATED = 1, 3

# Message -> member -> (number, type or message, repeated): google/cel-spec, proto/cel/expr/{syntax,checked}.proto.
_SHAPES: dict[str, dict[str, tuple[int, int | str, bool]]] = {
    "Constant": {"string_value": (6, _TEXT, False)},
    "Ident": {"name": (1, _TEXT, False)},
    "Select": {"operand": (1, "Expr", False), "field": (2, _TEXT, False)},
    "Call": {"target": (1, "Expr", False), "function": (2, _TEXT, False), "args": (3, "Expr", True)},
    "CreateList": {"elements": (1, "Expr", True)},
    "Entry": {"map_key": (3, "Expr", False), "value": (4, "Expr", False)},
    "CreateStruct": {"message_name": (1, _TEXT, False), "entries": (2, "Entry", True)},
    "Comprehension": {
        "iter_range": (2, "Expr", False),
        "accu_init": (4, "Expr", False),
        "loop_condition": (5, "Expr", False),
        "loop_step": (6, "Expr", False),
        "result": (7, "Expr", False),
    },
    "Expr": {
        "id": (2, _INT64, False),
        "const_expr": (3, "Constant", False),
        "ident_expr": (4, "Ident", False),
        "select_expr": (5, "Select", False),
        "call_expr": (6, "Call", False),
        "list_expr": (7, "CreateList", False),
        "struct_expr": (8, "CreateStruct", False),
        "comprehension_expr": (9, "Comprehension", False),
    },
    "Position": {"key": (1, _INT64, False), "value": (2, _INT32, False)},
    "SourceInfo": {"positions": (4, "Position", True)},
    "CheckedExpr": {"expr": (4, "Expr", False), "source_info": (5, "SourceInfo", False)},
}


class Tree(NamedTuple):
    """The root expression, and where each expression stands in the text, by its id."""

    root: Any
    offsets: dict[int, int]


def read_tree(serialized: bytes) -> Tree:
    """The tree of a checked expression. Raises DecodeError where it nests deeper than protobuf reads."""
    from google.protobuf.any_pb2 import Any as Packed

    checked = _checked_expr()()
    checked.ParseFromString(Packed.FromString(serialized).value)
    return Tree(checked.expr, {position.key: position.value for position in checked.source_info.positions})


def children(node: Any) -> Iterator[Any]:
    """The expressions right below one."""
    match node:
        case _ if node.HasField("select_expr"):
            yield node.select_expr.operand
        case _ if node.HasField("call_expr"):
            if node.call_expr.HasField("target"):
                yield node.call_expr.target
            yield from node.call_expr.args
        case _ if node.HasField("list_expr"):
            yield from node.list_expr.elements
        case _ if node.HasField("struct_expr"):
            for entry in node.struct_expr.entries:
                yield from (entry.map_key, entry.value)
        case _ if node.HasField("comprehension_expr"):
            loop = node.comprehension_expr
            yield from (loop.iter_range, loop.accu_init, loop.loop_condition, loop.loop_step, loop.result)


def walk(node: Any) -> Iterator[Any]:
    """An expression and all below it, in the order of the text."""
    yield node
    for child in children(node):
        yield from walk(child)


@cache
def _checked_expr() -> Any:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="tree.proto", package="tree", syntax="proto3")
    for name, members in _SHAPES.items():
        message = file.message_type.add(name=name)
        for member, (number, kind, repeated) in members.items():
            field: Any = message.field.add(name=member, number=number, label=_REPEATED if repeated else _OPTIONAL)
            if isinstance(kind, str):
                field.type, field.type_name = _MESSAGE, f".tree.{kind}"
            else:
                field.type = kind
    pool: Any = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tree.CheckedExpr"))
