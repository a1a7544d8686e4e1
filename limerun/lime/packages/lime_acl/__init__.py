"""Access control: the stand-in allows everything."""

from lime_application.users import AlwaysAllowAcl

__all__ = ["AlwaysAllowAcl"]
