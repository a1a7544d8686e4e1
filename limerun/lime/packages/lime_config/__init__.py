"""The configuration of a service, of its packages, and of an application."""

from lime_config.app_config import AppConfig, get_app_config
from lime_config.files import config_file_path, load_config
from lime_config.packages import PackageConfigs
from lime_config.tree import Config

config = Config()
"""The service's configuration; `plugins` has the configuration of each package."""
config["plugins"] = config["packages"] = PackageConfigs()

__all__ = [
    "AppConfig",
    "Config",
    "config",
    "config_file_path",
    "get_app_config",
    "load_config",
]
