from dataclasses import dataclass

from src.domain.links.repository import LinkRepository


@dataclass(frozen=True, slots=True)
class CountLinks:
    links: LinkRepository

    async def __call__(self) -> int:
        return await self.links.count()
