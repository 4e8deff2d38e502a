"""How many examples a law is tried on: few in `make test`, twenty times as many in `make test-long`."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

LONG = "long"
MUTANTS = "mutants"
_TIMES = 20
_FEW = 40
_NO_SHRINKING = (Phase.explicit, Phase.generate)


def register() -> None:
    """Make the profiles known by name: pytest chooses one, see pyproject.toml and the Makefile."""
    slow = [HealthCheck.too_slow]
    # The same examples on every machine, and no deadline: nothing here asserts a wall time.
    settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=slow, max_examples=_FEW)
    # Few, because every mutant that survives has all of them run.
    settings.register_profile(
        MUTANTS, deadline=None, derandomize=True, suppress_health_check=slow, max_examples=20, phases=_NO_SHRINKING
    )
    # Others every night; what failed prints how it is tried again.
    settings.register_profile(
        LONG, deadline=None, derandomize=False, print_blob=True, suppress_health_check=slow, max_examples=100 * _TIMES
    )


def examples(few: int) -> int:
    """For `max_examples` of a law: `few`, or many more where the long profile was chosen."""
    return few * _TIMES if settings.get_current_profile_name() == LONG else few
