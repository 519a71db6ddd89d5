"""Trains the network that looks at every place of both impressions (`compare/network.rs`).

Two heads, two losses: where the dies differ, known to the sample for every forgery but a rescan;
and whether the outline all over is another die's, known for a crop. TensorFlow (its build for
processors) because its convolutions were six times as fast here as the alternative that installs
as easily (docs/decisions/0008).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from accuracy.crops import Sampler
from accuracy.descent import Course, descend, toml_block

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accuracy.pairs import Pair

CHANNELS = 16
DILATIONS = (1, 1, 2, 4)
BATCH = 20


class Model:
    """The network's variables and its forward pass."""

    def __init__(self, tf: Any, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._tf = tf

        def drawn(side: int, inputs: int, outputs: int, size: float = 1.0) -> Any:
            spread = size * math.sqrt(2 / (side * side * inputs))
            return tf.Variable(
                (rng.normal(size=(side, side, inputs, outputs)) * spread).astype(np.float32)
            )

        self.layers = [
            (drawn(3, CHANNELS, CHANNELS), tf.Variable(np.zeros(CHANNELS, np.float32)))
            for _ in DILATIONS
        ]
        self.head = (drawn(1, CHANNELS, 2, 0.1), tf.Variable(np.zeros(2, np.float32)))
        self.grain = tf.Variable(np.array([1.0, 0.0], np.float32))
        self.variables = [v for pair in [*self.layers, self.head] for v in pair] + [self.grain]

    def maps(self, images: Any) -> Any:
        """Return (n, rows, cols, 2): log odds of a difference, and grain."""
        nn = self._tf.nn
        h = images
        for (weights, bias), dilation in zip(self.layers, DILATIONS, strict=True):
            h = nn.relu(nn.conv2d(h, weights, 1, "SAME", dilations=dilation) + bias)
        return nn.conv2d(h, self.head[0], 1, "SAME") + self.head[1]

    def losses(
        self, images: Any, differs: Any, weight: Any, marked: Any, copied: Any
    ) -> tuple[Any, Any]:
        """Return the mean cross entropies, in nats, of places and of crops."""
        tf = self._tf
        maps = self.maps(images)
        entropy = tf.nn.sigmoid_cross_entropy_with_logits
        share = weight * (1 + 6 * differs) * marked[:, None, None]
        here = tf.reduce_sum(share * entropy(labels=differs, logits=maps[..., 0]))
        mean = tf.reduce_sum(weight * maps[..., 1], [1, 2]) / (tf.reduce_sum(weight, [1, 2]) + 1)
        said = tf.cast(copied >= 0, tf.float32)
        whole = entropy(
            labels=tf.maximum(copied, 0.0), logits=4 * self.grain[0] * mean + self.grain[1]
        )
        return (
            here / (tf.reduce_sum(share) + 1),
            tf.reduce_sum(said * whole) / (tf.reduce_sum(said) + 1e-3),
        )

    def toml(self) -> str:
        """Return the section `[network]` of a profile."""
        layers = ",\n".join(toml_block(pair) for pair in self.layers)
        return f"[network]\nlayers = [\n{layers},\n]\nhead = {toml_block(self.head)}\n"


def train(
    pairs: Sequence[Pair], *, steps: int, seed: int, say: Callable[[str], None] = print
) -> str:
    """Train on pairs, one die in twelve held out to watch; return the section `[network]`.

    Args:
        pairs: aligned pairs of simulated impressions.
        steps: batches of 20 crops; the learning rate falls to nothing along half a cosine.
        seed: first weights and order of crops. Threads sum in any order: two runs agree closely,
            not to the bit.
        say: hears the losses now and then.
    """
    import tensorflow as tf

    dies = sorted({p.die for p in pairs})
    watched = set(dies[::12])
    fitting = Sampler([p for p in pairs if p.die not in watched])
    watching = Sampler([p for p in pairs if p.die in watched])
    model = Model(tf, seed)
    rng = np.random.default_rng([seed, 1])
    descend(
        tf,
        model,
        Course(steps, rate=3e-3, weights=(1.0, 0.3), every=250),
        batch=lambda: fitting.batch(rng, BATCH),
        held=[watching.batch(np.random.default_rng([seed, 2, i]), 2 * BATCH) for i in range(6)],
        say=say,
    )
    return model.toml()
