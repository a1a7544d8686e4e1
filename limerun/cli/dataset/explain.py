"""limerun dataset explain: how each column is made, before it is made."""

from limerun.cli import options
from limerun.cli.session import plan_of


def explain(
    config: options.Config,
    sets: options.Set = None,
    seed: options.Seed = None,
    no_color: options.NoColor = False,
) -> None:
    """Show each column's kind, what told it, its options and three values.

    Example: limerun dataset explain configs/import-contracts.yaml
    """
    plan = plan_of(config, "dataset explain", {"dataset.seed": seed}, sets)
    from limerun.dataset.explain import explain as explained
    from limerun.dataset.schema import check_plan
    from limerun.report.explained import render
    from limerun.report.screen import make_console

    schema = check_plan(plan.dataset, plan.sources)
    render(explained(schema), make_console(stderr=False, no_color=no_color))
