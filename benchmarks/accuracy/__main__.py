"""`python -m accuracy`: train a network, fit a profile, or measure one on unseen dies."""

from __future__ import annotations

import argparse
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from accuracy.judge import judge
from accuracy.report import plot_det, plot_scores, summary
from accuracy.worst import worst_pairs
from simulator.dataset import Plan, simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

TEST_SEED = 303
NETWORK_SEED = 606
NETWORK_DIES = 650
NETWORK_STEPS = 9000
NETWORK_PLAN = {
    ("genuine", "good"): 2,
    ("genuine", "typical"): 3,
    ("genuine", "hard"): 1,
    ("sibling", "good"): 2,
    ("sibling", "typical"): 3,
    ("recut", "good"): 1,
    ("recut", "typical"): 1,
    ("refont", "typical"): 1,
    ("rescan", "good"): 1,
    ("rescan", "typical"): 1,
}
FIT_SEED = 707
FIT_DIES = 300
FIT_PLAN = {
    ("genuine", "good"): 3,
    ("genuine", "typical"): 3,
    ("genuine", "hard"): 1,
    ("sibling", "good"): 2,
    ("sibling", "typical"): 2,
    ("sibling", "hard"): 1,
    ("recut", "good"): 1,
    ("recut", "typical"): 1,
    ("recut", "hard"): 1,
    ("refont", "typical"): 1,
    ("random", "typical"): 1,
    ("rescan", "good"): 1,
    ("rescan", "typical"): 1,
    ("rescan", "hard"): 1,
}
TEST_DIES = 200
TEST_PLAN = {
    ("genuine", "good"): 1,
    ("genuine", "typical"): 3,
    ("genuine", "hard"): 2,
    ("random", "typical"): 5,
    **{(c, "good"): 2 for c in ("refont", "sibling", "recut", "rescan")},
    **{(c, "typical"): 3 for c in ("refont", "sibling", "recut", "rescan")},
}


def default_profile() -> str:
    """Return the shipped profile's text."""
    return (resources.files("seal_service.profiles") / "default.toml").read_text("utf-8")


def _measure(folder: Path, profile: str, out: Path | None, *, jobs: int, title: str) -> str:
    judged = judge(folder, profile, jobs=jobs)
    text = f"## {title}\n\n{summary(judged)}\n"
    if out is not None:
        pictures = out.parent / "pictures"
        pictures.mkdir(parents=True, exist_ok=True)
        plot_det(judged, pictures / "det.png")
        plot_scores(judged, pictures / "scores.png")
        worst_pairs(folder, judged, pictures / "worst.png")
        introduction = resources.files("accuracy").joinpath("introduction.md").read_text("utf-8")
        text = (
            f"{introduction}\n{text}\n![DET curves](pictures/det.png)\n\n"
            "![Scores](pictures/scores.png)\n\n"
            "The five lowest genuine (good or typical) and the five highest forged pairs: "
            "reference, aligned moving, both over each other, differences (red extra, "
            "blue missing, grey covered).\n\n![Worst pairs](pictures/worst.png)\n"
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
        help="train the network of a profile on new simulated dies and write it to --out",
    )
    parser.add_argument(
        "--network", type=Path, help="with --fit: the network (default: the shipped profile's)"
    )
    parser.add_argument(
        "--dies", type=int, help="dies to simulate (default: 200 to measure, 300 to fit)"
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
    with tempfile.TemporaryDirectory() as temporary:
        work: Path = options.work or Path(temporary)

        def simulated(name: str, seed: int, dies: int, plan: Plan) -> Path:
            folder = work / f"{name}-{seed}"
            if not (folder / "truth.jsonl").exists():
                simulate(folder, seed=seed, dies=dies, per_die=plan, jobs=options.jobs)
            return folder

        if (options.train or options.fit) and options.out is None:
            parser.error("--train and --fit need --out")
        if options.train:
            from accuracy.pairs import cached_pairs
            from accuracy.train import train

            folder = simulated("network", NETWORK_SEED, options.dies or NETWORK_DIES, NETWORK_PLAN)
            pairs = cached_pairs(folder, jobs=options.jobs)
            options.out.write_text(train(pairs, steps=NETWORK_STEPS, seed=1), encoding="utf-8")
            return 0
        if options.fit:
            from accuracy.fit import fit, network_of

            folder = simulated("fit", FIT_SEED, options.dies or FIT_DIES, FIT_PLAN)
            given = options.network.read_text("utf-8") if options.network else profile
            print(
                fit(
                    [folder],
                    options.out,
                    network=network_of(given),
                    version=options.version,
                    jobs=options.jobs,
                )
            )
            return 0
        dies = options.dies or TEST_DIES
        folder = simulated("test", TEST_SEED, dies, TEST_PLAN)
        title = f"Test dies ({dies}, simulator seed {TEST_SEED}, never used for fitting)"
        print(_measure(folder, profile, options.out, jobs=options.jobs, title=title))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
