"""The commands under `limerun dataset`."""

import typer

from limerun.cli.dataset.anonymize import anonymize
from limerun.cli.dataset.explain import explain
from limerun.cli.dataset.generate import generate
from limerun.cli.dataset.shape import shape
from limerun.cli.dataset.verify import verify
from limerun.cli.options import expand_groups

dataset = typer.Typer(
    name="dataset",
    no_args_is_help=True,
    help="Generate data of any size; anonymize real data.",
)
for command in (generate, explain, shape, anonymize, verify):
    dataset.command()(expand_groups(command))
