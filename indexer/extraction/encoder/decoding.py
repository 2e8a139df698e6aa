"""The most probable labels of a text under a conditional random field, and how probable each of them is."""

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]


def best_labels(emissions: Scores, begins: Scores, follows: Scores) -> list[int]:
    """The best path's labels (Viterbi). ``emissions`` is tokens by labels; ``follows[a, b]`` scores b after a."""
    if not len(emissions):
        return []
    reached = begins + emissions[0]
    came_from = []
    for row in emissions[1:]:
        paths = reached[:, None] + follows
        best = paths.argmax(0)
        came_from.append(best)
        reached = paths[best, np.arange(len(best))] + row
    labels = [int(reached.argmax())]
    for best in reversed(came_from):
        labels.append(int(best[labels[-1]]))
    return labels[::-1]


def label_probabilities(emissions: Scores, begins: Scores, follows: Scores) -> Scores:
    """The probability of each label at each token over all paths (forward and backward sums), tokens by labels."""
    forward = _sums(emissions, begins, follows)
    backward = _sums(emissions[::-1], np.zeros_like(begins), follows.T)[::-1]
    both = forward + backward - emissions
    both = np.exp(both - both.max(1, keepdims=True))
    probabilities: Scores = both / both.sum(1, keepdims=True)
    return probabilities


def _sums(emissions: Scores, begins: Scores, follows: Scores) -> Scores:
    """For each token the log sum of the scores of all paths that end there, by label, each shifted by a constant."""
    sums = np.empty_like(emissions)
    transitions = np.exp(follows)
    reached = begins + emissions[0]
    for at, row in enumerate(emissions):
        if at:
            reached = np.log(np.exp(reached) @ transitions + 1e-30) + row
        reached = reached - reached.max()
        sums[at] = reached
    return sums
