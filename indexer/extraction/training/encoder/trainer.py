"""The training loop: steps, checkpoints, and the mean of the weights at several late steps.

Those weights lie in one basin, so their mean is a network too, and usually one that generalises better (Izmailov et
al., 2018).
"""

import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from indexer.extraction.training.encoder.batches import Batches
from indexer.extraction.training.encoder.network import TaggerNetwork
from indexer.extraction.training.encoder.schedule import Schedule

ENCODER_RATE, TOP_RATE = 1.5e-4, 2e-3
WEIGHT_DECAY = 0.01
LONGEST_GRADIENT = 1.0

_MINUTES_BETWEEN_CHECKPOINTS = 10
_REPORTED_STEPS = 50


class Trainer:
    """Trains a network in the folder ``out``, going on from the checkpoint there."""

    def __init__(
        self, network: TaggerNetwork, batches: Batches, schedule: Schedule, out: Path, *, averaged: Collection[int]
    ) -> None:
        """``averaged`` are the steps after which weights are kept for the mean; the last step is always one."""
        self.network = network
        self._batches = batches
        self._schedule = schedule
        self._out = out
        self._averaged = sorted({*averaged, schedule.total})
        self._step = 0
        encoder = list(network.encoder.parameters())
        known = set(map(id, encoder))
        top = [one for one in network.parameters() if id(one) not in known]
        groups = [{"params": encoder, "peak": ENCODER_RATE}, {"params": top, "peak": TOP_RATE}]
        self._optimiser = torch.optim.AdamW(groups, lr=ENCODER_RATE, weight_decay=WEIGHT_DECAY, fused=True)

    @property
    def _checkpoint(self) -> Path:
        return self._out / "checkpoint.pt"

    def run(self, after_epoch: Callable[[int], None]) -> None:
        """Trains to the end of the schedule; ``network`` then has the mean of the weights that were kept."""
        self._resume()
        self.network.train()
        progress = _Progress(self._step, self._schedule.total)
        saved = time.monotonic()
        for epoch, chosen in self._remaining():
            progress.add(self._train_step(chosen))
            done = self._step % self._schedule.steps == 0
            if done or self._step in self._averaged or time.monotonic() - saved > 60 * _MINUTES_BETWEEN_CHECKPOINTS:
                self._save()
                saved = time.monotonic()
            if done:
                after_epoch(epoch + 1)
                self.network.train()
        self.network.load_state_dict(self._mean())

    def _remaining(self) -> Iterator[tuple[int, list[int]]]:
        """Epoch and examples of each batch still to come."""
        while self._step < self._schedule.total:
            epoch, at = divmod(self._step, self._schedule.steps)
            for chosen in self._batches.epoch(epoch)[at:]:
                yield epoch, chosen

    def _train_step(self, chosen: Sequence[int]) -> float:
        for group in self._optimiser.param_groups:
            group["lr"] = group["peak"] * self._schedule.rate_share(self._step)
        batch = self._batches.batch(chosen, self._step)
        loss = self.network.field.loss(self.network.emissions(batch, half=True), batch.labels, batch.real)
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), LONGEST_GRADIENT)
        self._optimiser.step()
        self._step += 1
        return float(loss.detach())

    def _resume(self) -> None:
        if self._checkpoint.exists():
            state: dict[str, Any] = torch.load(self._checkpoint, weights_only=True)
            self.network.load_state_dict(state["net"])
            self._optimiser.load_state_dict(state["opt"])
            torch.set_rng_state(state["rng"])
            self._step = state["step"]

    def _save(self) -> None:
        state = {
            "net": self.network.state_dict(),
            "opt": self._optimiser.state_dict(),
            "rng": torch.get_rng_state(),
            "step": self._step,
        }
        _write(state, self._checkpoint)
        if self._step in self._averaged:
            _write(state["net"], self._kept_file(self._step))

    def _kept_file(self, step: int) -> Path:
        return self._out / f"step-{step}.pt"

    def _mean(self) -> dict[str, Tensor]:
        kept = [torch.load(self._kept_file(step), weights_only=True) for step in self._averaged]
        return {name: torch.stack([weights[name] for weights in kept]).mean(0) for name in kept[0]}


def _write(state: Any, out: Path) -> None:
    """Writes beside ``out`` and renames, so that a cut leaves the old file whole."""
    unfinished = out.with_suffix(".unfinished")
    torch.save(state, unfinished)
    unfinished.replace(out)


class _Progress:
    """Says every few steps where training stands."""

    def __init__(self, step: int, total: int) -> None:
        self._step, self._total = step, total
        self._losses: list[float] = []
        self._since = time.monotonic()

    def add(self, loss: float) -> None:
        self._step += 1
        self._losses.append(loss)
        if len(self._losses) < _REPORTED_STEPS:
            return
        now = time.monotonic()
        each = (now - self._since) / len(self._losses)
        mean = sum(self._losses) / len(self._losses)
        left = (self._total - self._step) * each / 60
        say(f"step {self._step} of {self._total}, loss {mean:.4f}, {each:.2f} s a step, {left:.0f} minutes left")
        self._losses.clear()
        self._since = now


def say(message: str) -> None:
    """A line of progress with the time of day."""
    print(time.strftime("%H:%M:%S"), message, file=sys.stderr, flush=True)  # noqa: T201 -- a command's progress
