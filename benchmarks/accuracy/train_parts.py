"""Trains the network that judges parts one by one (`compare/part_network.rs`).

Two outputs, two losses: whether the dies differ in a part, known for every part but a copy's; and
whether the part is a copy's, known for genuine, redrawn and rescanned dies.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from accuracy.descent import Course, descend, toml_block
from accuracy.windows import SIDE, WindowSampler, windows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accuracy.pairs import Pair

CHANNELS = (32, 64, 64)
JOINT = 64
STEPS = (1, 2, 1)
BATCH = 192
_INPUTS = 16


class PartModel:
    """The network's variables and its forward pass."""

    def __init__(self, tf: Any, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._tf = tf

        def drawn(*shape: int) -> tuple[Any, Any]:
            spread = math.sqrt(2 / math.prod(shape[:-1]))
            weights = (rng.normal(size=shape) * spread).astype(np.float32)
            return tf.Variable(weights), tf.Variable(np.zeros(shape[-1], np.float32))

        inputs = (_INPUTS, *CHANNELS[:-1])
        self.layers = [drawn(3, 3, i, o) for i, o in zip(inputs, CHANNELS, strict=True)]
        self.joint = drawn((SIDE // 4) ** 2 * CHANNELS[-1], JOINT)
        self.head = drawn(JOINT, 2)
        self.variables = [v for pair in [*self.layers, self.joint, self.head] for v in pair]

    def outputs(self, windows: Any) -> Any:
        """Return (n, 2): log odds that the dies differ in the part, and that it is a copy's."""
        tf = self._tf
        reference, moving, covered = windows[..., :1], windows[..., 1:2], windows[..., 2:]
        apart = tf.abs(reference - moving) * (1 - covered)
        h = tf.nn.space_to_depth(tf.concat([reference, moving, covered, apart], -1), 2)
        for (weights, bias), step in zip(self.layers, STEPS, strict=True):
            h = tf.nn.relu(tf.nn.conv2d(h, weights, step, "SAME") + bias)
        h = tf.reshape(h, [-1, self.joint[0].shape[0]])
        h = tf.nn.relu(h @ self.joint[0] + self.joint[1])
        return h @ self.head[0] + self.head[1]

    def losses(self, windows: Any, truth: Any, known: Any) -> Any:
        """Return the mean cross entropies, in nats, of both outputs: (2,)."""
        tf = self._tf
        each = tf.nn.sigmoid_cross_entropy_with_logits(labels=truth, logits=self.outputs(windows))
        return tf.reduce_sum(known * each, 0) / (tf.reduce_sum(known, 0) + 1e-3)

    def toml(self) -> str:
        """Return the section `[network.parts]` of a profile."""
        layers = ",\n".join(toml_block(pair) for pair in self.layers)
        return (
            f"[network.parts]\nlayers = [\n{layers},\n]\njoint = {toml_block(self.joint)}\n"
            f"head = {toml_block(self.head)}\n"
        )


def train_parts(
    pairs: Sequence[Pair], *, steps: int, seed: int, say: Callable[[str], None] = print
) -> str:
    """Train on pairs, one die in twelve held out to watch; return the section `[network.parts]`.

    Args:
        pairs: aligned pairs of simulated impressions.
        steps: batches of 192 windows; the learning rate falls to nothing along half a cosine.
        seed: first weights and order of windows. Threads sum in any order: two runs agree closely,
            not to the bit.
        say: hears the losses now and then.
    """
    import tensorflow as tf

    watched = set(sorted({p.die for p in pairs})[::12])
    fitting = WindowSampler(windows([p for p in pairs if p.die not in watched]))
    watching = WindowSampler(windows([p for p in pairs if p.die in watched]))
    model = PartModel(tf, seed)
    rng = np.random.default_rng([seed, 1])
    descend(
        tf,
        model,
        Course(steps, rate=2e-3, weights=(1.0, 0.3), every=500),
        batch=lambda: fitting.batch(rng, BATCH),
        held=[watching.plain(np.random.default_rng([seed, 2]), 4000)],
        say=say,
    )
    return model.toml()
