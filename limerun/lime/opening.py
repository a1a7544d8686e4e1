"""Open a Lime application of the stand-in on a database, for the worker.

Call `limerun.lime.install.install` first, which puts the stand-in on the path.
"""

from collections.abc import Mapping

from lime_application import LimeApplication
from lime_application.application import register_application
from lime_application.database import LimeDatabase, make_engine
from lime_config import AppConfig
from lime_config.app_config import RuntimeConfigs
from lime_type.dsl import create_limetypes_from_dsl

IDENTIFIER = "limerun"


def open_application(
    *,
    database_url: str,
    limetypes: Mapping[str, Mapping[str, object]],
    latency_seconds: float = 0.0,
    app_config: AppConfig | None = None,
    runtime_config: Mapping[str, object] | None = None,
) -> LimeApplication:
    """Return an application on a database, as seen by its user 1, "admin".

    Missing tables are created now, so that this does not count as the task's time.

    Args:
        database_url: A URL of SQLAlchemy.
        limetypes: In the platform's DSL.
        latency_seconds: Delay of every statement, which simulates a network.
        app_config: The values for `lime_config.get_app_config`.
        runtime_config: The values for `lime_admin`'s plugins.
    """
    database = LimeDatabase(make_engine(database_url, latency_seconds))
    application = LimeApplication(
        IDENTIFIER,
        limetypes=create_limetypes_from_dsl(limetypes),
        database=database,
        user=database.directory.add_user("admin", id=1, is_admin=True),
        app_config=app_config,
    )
    application.runtime_config = RuntimeConfigs(runtime_config)
    for limetype in application.limetypes:
        limetype.rows.prepare()
    register_application(application)
    return application
