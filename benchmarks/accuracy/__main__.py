"""`python -m accuracy`: train networks, fit a profile, or measure one on unseen dies."""

from __future__ import annotations

import argparse
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from accuracy.extract import truth_rows
from accuracy.judge import judge
from accuracy.report import plot_det, plot_scores, summary
from accuracy.sets import FIT_SET, NETWORK_SETS, OTHER_FIT_SETS, TEST_SET
from accuracy.worst import nearest_pairs, worst_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accuracy.sets import SimulatedSet

NETWORK_STEPS = 6000
PART_STEPS = 24000


def default_profile() -> str:
    """Return the shipped profile's text."""
    return (resources.files("seal_service.profiles") / "default.toml").read_text("utf-8")


def _measure(folder: Path, profile: str, out: Path | None, *, jobs: int, title: str) -> str:
    judged = judge(folder, profile, jobs=jobs)
    refused = len(truth_rows(folder)) - len(judged)
    text = f"## {title}\n\n{summary(judged, refused=refused)}\n"
    if out is not None:
        pictures = out.parent / "pictures"
        pictures.mkdir(parents=True, exist_ok=True)
        plot_det(judged, pictures / "det.png")
        plot_scores(judged, pictures / "scores.png")
        worst_pairs(folder, judged, pictures / "worst.png")
        nearest_pairs(folder, judged, pictures / "nearest.png")
        introduction = resources.files("accuracy").joinpath("introduction.md").read_text("utf-8")
        text = (
            f"{introduction}\n{text}\n![DET curves](pictures/det.png)\n\n"
            "![Scores](pictures/scores.png)\n\n"
            "The five lowest genuine (good or typical) and the five highest forged pairs: "
            "reference, aligned moving, both over each other, differences (red extra, "
            "blue missing, grey covered).\n\n![Worst pairs](pictures/worst.png)\n\n"
            "The five genuine and the five forged pairs that come nearest to a PASS, drawn alike: "
            "what a person has to tell apart.\n\n![Nearest pairs](pictures/nearest.png)\n"
        )
        out.write_text(text, encoding="utf-8")
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="accuracy", description=__doc__)
    parser.add_argument(
        "--exam", type=Path, metavar="DIR", help="measure a folder in the practice format instead"
    )
    parser.add_argument(
        "--fit",
        action="store_true",
        help="fit a profile on new simulated dies and write it to --out",
    )
    parser.add_argument(
        "--train",
        action="store_true",
        help="train the networks of a profile on new simulated dies and write it to --out",
    )
    parser.add_argument(
        "--network", type=Path, help="with --fit: the networks (default: the shipped profile's)"
    )
    parser.add_argument(
        "--dies", type=int, help="dies to simulate (default: 200 to measure, 840 to fit)"
    )
    parser.add_argument(
        "--steps",
        type=int,
        default=NETWORK_STEPS,
        help="with --train: batches of the network of places (default: 6000)",
    )
    parser.add_argument(
        "--part-steps",
        type=int,
        default=PART_STEPS,
        help="with --train: batches of the network of parts (default: 24000)",
    )
    parser.add_argument("--version", default="0", help="version to write into a fitted profile")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument(
        "--profile", type=Path, help="profile to measure (default: the shipped one)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        help="where to write the report (markdown, pictures beside it) or the profile",
    )
    parser.add_argument(
        "--work",
        type=Path,
        help="folder for simulated images; kept, and used again when it is there",
    )
    options = parser.parse_args(arguments)
    profile = options.profile.read_text("utf-8") if options.profile else default_profile()
    if options.exam is not None:
        print(
            _measure(
                options.exam,
                profile,
                options.out,
                jobs=options.jobs,
                title=f"Folder {options.exam.name}",
            )
        )
        return 0
    if (options.train or options.fit) and options.out is None:
        parser.error("--train and --fit need --out")
    with tempfile.TemporaryDirectory() as temporary:
        work: Path = options.work or Path(temporary)

        def made(wanted: SimulatedSet) -> Path:
            return wanted.made(work, dies=options.dies, jobs=options.jobs)

        if options.train:
            from accuracy.pairs import cached_pairs
            from accuracy.train import train
            from accuracy.train_parts import train_parts

            pairs = [p for s in NETWORK_SETS for p in cached_pairs(made(s), jobs=options.jobs)]
            places = train(pairs, steps=options.steps, seed=1)
            parts = train_parts(pairs, steps=options.part_steps, seed=1)
            options.out.write_text(f"{places}\n{parts}", encoding="utf-8")
            return 0
        if options.fit:
            from accuracy.fit import fit, network_of

            given = options.network.read_text("utf-8") if options.network else profile
            account = fit(
                made(FIT_SET),
                options.out,
                others={kind: made(other) for kind, other in OTHER_FIT_SETS.items()},
                network=network_of(given),
                version=options.version,
                jobs=options.jobs,
            )
            print(account)
            return 0
        folder = made(TEST_SET)
        dies = options.dies or TEST_SET.dies
        title = f"Test dies ({dies}, simulator seed {TEST_SET.seed}, never used for fitting)"
        print(_measure(folder, profile, options.out, jobs=options.jobs, title=title))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
