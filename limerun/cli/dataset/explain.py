"""limerun dataset explain: show how each column will be generated."""

from limerun.cli import options
from limerun.cli.session import read_plan


def explain(
    config: options.Config,
    sets: options.Set = None,
    seed: options.Seed = None,
    no_color: options.NoColor = False,
) -> None:
    """Show how each column is generated.

    Lists each column's kind and the reason for it, its options and three values.

    Example: limerun dataset explain configs/import-contracts.yaml
    """
    overrides = options.PlanOptions(seed=seed, sets=sets)
    plan = read_plan(config, "dataset explain", overrides)
    from limerun.dataset.explain import explain as explained
    from limerun.report.terminal.columns_view import render
    from limerun.report.terminal.screen import make_console
    from limerun.runs.preparation import design_of

    render(
        explained(design_of(plan).schema),
        make_console(stderr=False, no_color=no_color),
    )
