"""How much of a mean's own uncertainty lies at or below a border, in an order raises cannot upset.

The Beta distribution of the interval (method §5) has the mean and the variance of a weighted mean
whose weights are drawn at random (Dirichlet): one share per response, a quarter of a share at each
of 1, 2, 3 and 4. The Beta is good enough to draw an interval. It does not quite keep order: when
one bad rating among many equal ones is raised, the variance falls faster than the mean rises, and
its tail can grow. The weighted mean itself rises with every rating, whatever the weights, so its
own tail cannot.
"""

import numpy as np
from numpy.typing import NDArray

from survey.questionnaire import HIGHEST, LOWEST

Floats = NDArray[np.float64]

PSEUDO_RESPONSE = 0.25
"""What is added at each of 1, 2, 3 and 4."""

_HALVINGS = 20
_STEPS = np.linspace(0, 14, 281)


def share_at_or_below(borders: Floats, values: Floats, weights: Floats) -> Floats:
    """Return the probabilities that means with Dirichlet weights are at or below their borders.

    Parameters
    ----------
    borders
        In ratings, one per row. At or beyond the ends of the scale the answer is 0 or 1.
    values
        Different values, from 1 to 4, both ends among them; one axis of length v.
    weights
        The weights' concentrations, 0 upwards, rows by v; those of 1 and of 4 above 0.

    Returns
    -------
    ndarray
        One probability per row, good to five digits also where it is tiny.

    Notes
    -----
    Σ w·x ≤ t exactly when Σ (x - t)·G ≤ 0 with independent G of Gamma(c, 1), because Dirichlet
    weights are such G divided by their sum. That tail is the integral of exp(K(s))/(-s) along a
    vertical line left of 0, with K(s) = -Σ c·log(1 - (x - t)·s). Through the saddle point the
    integrand does not oscillate (Daniels 1987, Tail probability approximations).

    Examples
    --------
    With two values it is a Beta distribution: flat, where 1 and 4 weigh one each.

    >>> flat = share_at_or_below(np.array([1.75]), np.array([1.0, 4.0]), np.array([[1.0, 1.0]]))
    >>> round(float(flat[0]), 9)
    0.25
    """
    shares = np.where(borders >= HIGHEST, 1.0, 0.0)
    away = values - borders[:, None]
    inside = (borders > LOWEST) & (borders < HIGHEST)
    above = (weights * away).sum(axis=1) > 0
    for rows, sign in ((inside & above, 1), (inside & ~above, -1)):
        if rows.any():
            tail = _thin_tail(sign * away[rows], weights[rows])
            shares[rows] = tail if sign > 0 else 1 - tail
    return shares


def _thin_tail(away: Floats, weights: Floats) -> Floats:
    """Return P(Σ away·G ≤ 0) for rows where the mean of that sum is not negative."""
    spread = np.sqrt((weights * away**2).sum(axis=1))
    end = 1 / away.min(axis=1)
    # Near 0 there is a pole: a line further left gives the same integral.
    line = np.minimum(_saddle(away, weights, end), np.maximum(-1 / spread, end / 2))[:, None]
    up = np.sinh(_STEPS) / spread[:, None]
    size, turn = np.zeros_like(up), np.zeros_like(up)
    for place in range(away.shape[1]):
        weight, real = weights[:, [place]], 1 - away[:, [place]] * line
        slope = away[:, [place]] * up / real
        size -= weight * (np.log(real) + np.log1p(slope**2) / 2)
        turn += weight * np.arctan(slope)
    # The real part of exp(K(s))/(-s), with exp(K(s)) by its size and its turn.
    heights = np.exp(size) * (-line * np.cos(turn) - up * np.sin(turn)) / (line**2 + up**2)
    steps = np.cosh(_STEPS) / spread[:, None]
    return np.asarray(np.trapezoid(heights * steps, _STEPS, axis=1) / np.pi)


def _saddle(away: Floats, weights: Floats, end: Floats) -> Floats:
    """Return about where K is lowest left of 0, by halving: any place gives the same integral."""
    low, high = end, np.zeros_like(end)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        rises = (weights * away / (1 - middle[:, None] * away)).sum(axis=1) > 0
        low, high = np.where(rises, low, middle), np.where(rises, middle, high)
    return (low + high) / 2
