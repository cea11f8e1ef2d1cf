"""Pages of a list, and addresses that keep the filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

LARGEST = 1_000_000


@dataclass(frozen=True)
class Pager:
    """Where in a list one is. `number` counts from 1 and may lie behind the last page, which is then empty."""

    number: int
    size: int
    total: int
    path: str
    query: Mapping[str, str]

    @property
    def last(self) -> int:
        """The number of the last page; 1 for an empty list."""
        return last_page(self.total, self.size)

    @property
    def first_row(self) -> int:
        """The number of the first row shown, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last_row(self) -> int:
        """The number of the last row shown."""
        return min(self.number * self.size, self.total)

    def address(self, number: int) -> str:
        """The address of another page of the same list."""
        return with_query(self.path, {**self.query, "page": str(number)})


def last_page(total: int, size: int) -> int:
    """The number of the last page of a list of `total`; 1 for an empty one."""
    return max((total - 1) // size + 1, 1)


def page_number(query: Mapping[str, str]) -> int:
    """The page that is asked for; the first when it is no number."""
    text = query.get("page", "1")
    return min(max(int(text), 1), LARGEST) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def with_query(path: str, query: Mapping[str, str]) -> str:
    """The address with those parameters that have a value."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
