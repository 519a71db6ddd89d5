"""How both networks learn: gradient descent over batches that a thread makes in advance."""

from __future__ import annotations

import math
import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_WARM_UP = 100
_LAST = 0.02
"""Share of the learning rate that is left at the end."""


class Trained(Protocol):
    """A network with what it learns by."""

    variables: list[Any]

    def losses(self, *batch: Any) -> Sequence[Any]:
        """Return the mean losses of a batch, in nats."""


@dataclass(frozen=True, slots=True)
class Course:
    """How long and how fast.

    rate: highest learning rate; it rises over 100 steps, then falls along half a cosine.
    weights: of the losses in their sum. every: steps between two words to `say`.
    """

    steps: int
    rate: float
    weights: tuple[float, ...]
    every: int


def descend(
    tf: Any,
    model: Trained,
    course: Course,
    *,
    batch: Callable[[], Any],
    held: Iterable[Any],
    say: Callable[[str], None],
) -> None:
    """Fit a model's variables by Adam, gradients clipped to a norm of one.

    Args:
        tf: the module TensorFlow.
        model: learns in place.
        course: how long and how fast.
        batch: makes the next batch; called from another thread.
        held: batches of held-out dies, to watch.
        say: hears the losses now and then.
    """
    optimiser = tf.keras.optimizers.Adam(course.rate)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator,unused-ignore]
    def step(*batch: Any) -> Any:
        with tf.GradientTape() as tape:
            losses = tf.stack(model.losses(*batch))
            loss = tf.reduce_sum(losses * tf.constant(course.weights))
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.variables), 1.0)
        optimiser.apply_gradients(zip(gradients, model.variables, strict=True))
        return losses

    watched = list(held)
    ready = _ahead(batch)
    losses: list[Any] = []
    for i in range(course.steps):
        falling = 0.5 * (1 + math.cos(math.pi * i / course.steps))
        warm = min(1.0, (i + 1) / _WARM_UP)
        optimiser.learning_rate.assign(course.rate * warm * (_LAST + falling))
        losses.append(step(*ready()).numpy())
        if (i + 1) % course.every == 0:
            fit = np.mean(losses[-course.every :], axis=0).round(4)
            kept = np.mean([[float(v) for v in model.losses(*b)] for b in watched], axis=0)
            say(f"step {i + 1}: losses {fit}, on held-out dies {kept.round(4)}")


def _ahead(make: Callable[[], Any]) -> Callable[[], Any]:
    """Return a function that hands out what a thread makes in advance."""
    ready: queue.Queue[Any] = queue.Queue(6)

    def work() -> None:
        while True:
            ready.put(make())

    threading.Thread(target=work, daemon=True).start()
    return ready.get


def toml_block(layer: tuple[Any, Any]) -> str:
    """Return weights and biases of one layer as an inline table."""

    def numbers(v: Any) -> str:
        return "[" + ",".join(f"{x:.5g}" for x in v.numpy().ravel()) + "]"

    return f"{{ weights = {numbers(layer[0])}, bias = {numbers(layer[1])} }}"
