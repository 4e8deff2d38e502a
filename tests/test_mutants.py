"""What counts as a mutant of the safety core."""

from __future__ import annotations

import tomllib

from tests.conftest import ROOT
from tests.floors import safety_core
from tests.mutants import Equivalent, Mutant, equivalents, mutated

SOURCE = """
class Guard:
    def check(self, amount):
        return amount > 3

def refuse(name):
    raise ValueError(f"{name} is no guard", "call a guard", "code")
"""


def test_a_mutant_tells_the_line_and_its_function() -> None:
    code, made = mutated(SOURCE)
    assert Mutant(made[0].name, "return amount > 3", "return amount >= 3") == made[0]
    assert {one.function for one in made} == {"Guard.check", "refuse"}
    assert all(f"def {one.name}(" in code for one in made)


def test_words_of_a_sentence_do_not_count_and_a_word_alone_does() -> None:
    _, made = mutated(SOURCE)
    told = {one.mutant: one.wording for one in made if one.function == "refuse"}
    assert told['raise ValueError(f"{name} is no guard", "CALL A GUARD", "code")']
    assert not told['raise ValueError(f"{name} is no guard", "call a guard", "CODE")']
    assert not told['raise ValueError(f"{name} is no guard", None, "code")']


def test_equivalents_are_of_the_safety_core_and_say_why() -> None:
    listed = tomllib.loads((ROOT / "tests/mutants.toml").read_text("utf-8"))["equivalent"]
    assert {entry["module"] for entry in listed} <= safety_core().keys()
    assert all(entry["why"] for entry in listed)
    found = [(entry["module"], entry["line"], entry["mutant"], entry.get("function", "")) for entry in listed]
    assert sorted(set(found)) == sorted(found)
    assert len(equivalents("reconcile/plan/seal")) == sum(entry["module"] == "reconcile/plan/seal" for entry in listed)


def test_an_equivalent_may_be_of_one_function() -> None:
    one = Mutant("xǁ_Leaseǁ__init____mutmut_7", "a = 1", "a = 2")
    assert [Equivalent("a = 1", "a = 2", function).means(one) for function in (None, "_Lease.__init__", "renew")] == [
        True,
        True,
        False,
    ]
    assert not Equivalent("a = 1", "a = 3").means(one)
