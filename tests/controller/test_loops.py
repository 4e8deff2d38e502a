"""Loops that never die silently."""

from __future__ import annotations

import threading

from provisioner.controller.loops import Loop
from provisioner.controller.metrics import Metrics


def test_a_step_that_fails_is_counted_and_the_loop_goes_on() -> None:
    metrics, went_on, steps = Metrics(), threading.Event(), 0

    def step() -> float:
        nonlocal steps
        steps += 1
        if steps == 1:
            raise ZeroDivisionError
        went_on.set()
        return 60

    loop = Loop("loop", step, metrics)
    loop.start()
    loop.wake()
    assert went_on.wait(10)
    alive = [loop.healthy]
    loop.stop()
    alive.append(loop.healthy)
    assert alive == [True, False]
    assert 'controller_loop_errors_total{loop="loop"} 1.0' in metrics.text().decode()


def test_a_loop_that_waits_is_woken() -> None:
    rounds = threading.Semaphore(0)

    def step() -> float:
        rounds.release()
        return 3_600

    loop = Loop("loop", step, Metrics())
    loop.start()
    for _ in range(3):
        assert rounds.acquire(timeout=10)
        loop.wake()
    loop.stop()
