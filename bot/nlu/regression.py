"""Multinomial logistic regression over a dense part (the sentence vector) and a sparse part (its words), by L-BFGS.

scikit-learn's takes one matrix: as a sparse one the dense part makes it ten times slower than BLAS does here.
SciPy's optimiser works in float64 and in Fortran's pace: on half a million weights it takes twice the time for less.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from bot.nlu.weights import Array


@dataclass(frozen=True)
class Weights:
    """Trained weights, features by classes, and the classes' biases."""

    dense: Array
    words: Array
    bias: Array


Loss = Callable[[Array], tuple[float, Array]]
"""Weights to their loss and its gradient."""
_MEMORY = 8  # pairs of steps that L-BFGS remembers
_ENOUGH = 1e-3  # a step that gains less than this share of the loss is the last


def minimise(loss: Loss, start: Array, steps: int) -> Array:
    """L-BFGS in float32 with halving of steps that do not gain; at most `steps` of them. The same input gives the
    same result."""
    point = start
    value, slope = loss(point)
    past: deque[tuple[Array, Array, float]] = deque(maxlen=_MEMORY)
    for _ in range(steps):
        step = _direction(slope, past)
        descent = float(np.vdot(slope, step))
        size = 1.0
        while True:
            moved = point + np.float32(size) * step
            new_value, new_slope = loss(moved)
            if new_value <= value + 1e-4 * size * descent or size < 1e-4:
                break
            size /= 2
        if new_value >= value:
            break
        travelled, bent = moved - point, new_slope - slope
        curvature = float(np.vdot(travelled, bent))
        if curvature > 1e-10:
            past.append((travelled, bent, curvature))
        small = value - new_value < _ENOUGH * max(abs(value), 1.0)
        point, value, slope = moved, new_value, new_slope
        if small:
            break
    return point


def _direction(slope: Array, past: deque[tuple[Array, Array, float]]) -> Array:
    """Where to go next: down the slope, corrected by what the last steps told of the curvature."""
    step = -slope
    if not past:
        return step / np.float32(max(float(np.linalg.norm(slope)), 1e-9))
    shares = []
    for travelled, bent, curvature in reversed(past):
        share = float(np.vdot(travelled, step)) / curvature
        shares.append(share)
        step -= np.float32(share) * bent
    _, bent, curvature = past[-1]
    step *= np.float32(curvature / float(np.vdot(bent, bent)))
    for (travelled, bent, curvature), share in zip(past, reversed(shares), strict=True):
        step += np.float32(share - float(np.vdot(bent, step)) / curvature) * travelled
    return step


def regress(
    dense: Array, words: csr_matrix, classes: NDArray[np.int64], count: int, inverse_penalty: float, steps: int
) -> Weights:
    """Fit. `classes`: each row's class, 0 to `count` - 1; `inverse_penalty`: as scikit-learn's C; `steps`: at most so
    many."""
    rows, width = dense.shape
    transposed = words.T.tocsr()
    each = np.arange(rows)
    penalty = np.float32(1 / inverse_penalty)

    def loss(weights: Array) -> tuple[float, Array]:
        values = dense @ weights[:width]
        values += words @ weights[width:-1]
        values += weights[-1]
        values -= values.max(axis=1, keepdims=True)
        told = values[each, classes]
        np.exp(values, out=values)
        total = values.sum(axis=1, keepdims=True)
        miss = float(np.log(total[:, 0]).sum(dtype=np.float64) - told.sum(dtype=np.float64))
        values /= total  # from here on the error: probability less truth
        values[each, classes] -= 1
        gradient = np.empty_like(weights)
        gradient[:width] = dense.T @ values
        gradient[width:-1] = transposed @ values
        gradient[:-1] += penalty * weights[:-1]
        gradient[-1] = values.sum(axis=0)
        return miss + 0.5 * float(penalty) * float(np.vdot(weights[:-1], weights[:-1])), gradient

    # Two BLAS threads gain little here and starve the other processes of a small machine.
    with threadpool_limits(1):
        weights = minimise(loss, np.zeros((width + words.shape[1] + 1, count), dtype=np.float32), steps)
    return Weights(weights[:width], weights[width:-1], weights[-1])
