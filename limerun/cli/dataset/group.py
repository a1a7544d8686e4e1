"""The commands under `limerun dataset`."""

import typer

from limerun.cli.dataset.anonymize import anonymize
from limerun.cli.dataset.explain import explain
from limerun.cli.dataset.generate import generate
from limerun.cli.dataset.shape import shape
from limerun.cli.dataset.verify import verify

dataset = typer.Typer(
    name="dataset",
    no_args_is_help=True,
    help="Make data at production's size, or make real data anonymous.",
)
dataset.command()(generate)
dataset.command()(explain)
dataset.command()(shape)
dataset.command()(anonymize)
dataset.command()(verify)
