"""Parse and build URLs of PostgreSQL databases."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from limerun.errors import DatasetError, LimerunError

if TYPE_CHECKING:
    from psycopg import Connection

CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The address of a database. Its text form omits the password."""

    scheme: str
    """Scheme as in SQLAlchemy, with the driver: postgresql+psycopg."""
    user: str
    password: str = field(repr=False)
    host: str
    port: int | None
    database: str
    options: Mapping[str, str] = field(repr=False)
    """Other connection parameters, by libpq's names."""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Parse a URL that the config has validated."""
        parts = urlsplit(url)
        return cls(
            scheme=parts.scheme,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=parts.hostname or "",
            port=parts.port,
            database=unquote(parts.path.removeprefix("/")),
            options=dict(parse_qsl(parts.query)),
        )

    def within(self, name: str, *, database: str, schema: str) -> "Address":
        """Return the address of another database or schema on the same server.

        Args:
            name: The application name of its sessions, to identify them.
            database: The database.
            schema: The search path for unqualified names; overrides the role's
                setting.
        """
        path = f"{self.options.get('options', '')} -csearch_path={schema}".strip()
        options = {**self.options, "options": path, "application_name": name}
        return replace(self, database=database, options=options)

    def url(self) -> str:
        """Return the address as SQLAlchemy writes it, with the password."""
        who = quote(self.user, safe="")
        if self.password:
            who += ":" + quote(self.password, safe="")
        query = urlencode(self.options, quote_via=quote)
        return (
            f"{self.scheme}://{who}{'@' if who else ''}{self._server()}"
            f"/{quote(self.database, safe='')}{'?' if query else ''}{query}"
        )

    def connect(self) -> "Connection":
        """Return a connection in autocommit mode.

        Raises:
            psycopg.Error: The server refuses the connection, or does not answer.
        """
        import psycopg

        parameters = {
            "user": self.user,
            "password": self.password,
            "host": self.host,
            "port": str(self.port or ""),
            "dbname": self.database,
            "connect_timeout": str(CONNECT_SECONDS),
            "keepalives_idle": "60",
            **self.options,
        }
        known = {name: value for name, value in parameters.items() if value}
        return psycopg.connect(**known, autocommit=True)  # type: ignore[arg-type]

    def without_password(self, text: str) -> str:
        """Mask the password in a text."""
        secrets = {self.password, self.options.get("password", "")}
        for secret in secrets - {""}:
            text = text.replace(secret, "***")
        return text

    def __str__(self) -> str:
        who = f"{self.user}@" if self.user else ""
        server = self._server() or self.options.get("host", "")
        return f"postgresql://{who}{server}/{self.database}"

    def _server(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


def check_psycopg(place: object, error_type: type[LimerunError] = DatasetError) -> None:
    """Check that psycopg, the driver for PostgreSQL, is installed.

    Raises:
        LimerunError: psycopg is not installed; `error_type` is the class.
    """
    try:
        import psycopg  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise error_type(
            f"{place} needs psycopg: {error}; install it with "
            f"{sys.executable} -m pip install 'limerun[postgres]'"
        ) from error
