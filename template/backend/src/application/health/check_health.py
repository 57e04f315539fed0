"""Whether the service can do its work."""

from dataclasses import dataclass
from typing import Literal, Protocol

from src.core.config.settings import Settings
from src.core.logging.request_log import record_error

Status = Literal["ok", "failing"]


class DatabaseProbe(Protocol):
    @property
    def engine(self) -> str: ...

    async def ping(self) -> None:
        """Return if the database answers and has its tables; raise anything if not."""


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    status: Status
    engine: str


@dataclass(frozen=True, slots=True)
class Health:
    status: Status
    name: str
    version: str
    environment: str
    database: DatabaseHealth


@dataclass(frozen=True, slots=True)
class CheckHealth:
    settings: Settings
    database: DatabaseProbe

    async def __call__(self) -> Health:
        """Ask the database; never raises. Causes go to the log, not to strangers."""
        status: Status = "ok"
        try:
            await self.database.ping()
        except Exception as error:
            record_error(error)
            status = "failing"
        return Health(
            status=status,
            name=self.settings.service_name,
            version=self.settings.service_version,
            environment=self.settings.environment,
            database=DatabaseHealth(status, self.database.engine),
        )
