"""limerun schema: the JSON Schema of the config, for editors."""

from limerun.cli.console import say


def schema() -> None:
    """Print the JSON Schema of the config file, for editors.

    Example: limerun schema > limerun.schema.json
    """
    from limerun.config.schema import schema_text

    say(schema_text())
