"""limerun schema: the JSON Schema of the config, for editors."""

from limerun.cli import options
from limerun.cli.console import say


def schema(no_color: options.NoColor = False) -> None:
    """Print the config's JSON Schema, for editors.

    Example: limerun schema > limerun.schema.json
    """
    from limerun.config.schema import schema_text

    say(schema_text())
