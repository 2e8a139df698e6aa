"""How long training takes, and how the learning rate goes: shortly up, then down to nothing."""

from dataclasses import dataclass

WARM_UP = 0.06
_LEAST_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Schedule:
    """``steps`` is the batches of an epoch."""

    epochs: int
    steps: int

    @property
    def total(self) -> int:
        return self.epochs * self.steps

    def rate_share(self, step: int) -> float:
        """Share of the full learning rate at a step."""
        risen = (step + 1) / (WARM_UP * self.total)
        left = (self.total - step) / ((1 - WARM_UP) * self.total)
        return min(risen, max(_LEAST_SHARE, left))
