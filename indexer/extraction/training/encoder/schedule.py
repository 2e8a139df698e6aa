"""How long training takes, and how the learning rate goes: shortly up, then down to nothing, once in each cycle."""

from collections.abc import Sequence
from dataclasses import dataclass

WARM_UP = 0.06
LATER_PEAK = 0.5
"""Peak of the learning rate in the cycles after the first, as a share of the first's."""

_LEAST_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Schedule:
    """``cycles`` holds the epochs of each cycle, ``steps`` the batches of an epoch."""

    cycles: Sequence[int]
    steps: int

    @property
    def total(self) -> int:
        return sum(self.cycles) * self.steps

    def rate_share(self, step: int) -> float:
        """Share of the full learning rate at a step."""
        start = 0
        for number, epochs in enumerate(self.cycles):
            length = epochs * self.steps
            if step < start + length:
                risen = (step - start + 1) / (WARM_UP * length)
                left = (start + length - step) / ((1 - WARM_UP) * length)
                return min(risen, max(_LEAST_SHARE, left)) * (LATER_PEAK if number else 1.0)
            start += length
        return 0.0

    def ended_cycle(self, step: int) -> int:
        """Number of the cycle, from 1, that ends where ``step`` steps are done; 0 where none does."""
        start = 0
        for number, epochs in enumerate(self.cycles, 1):
            start += epochs * self.steps
            if step == start:
                return number
        return 0
