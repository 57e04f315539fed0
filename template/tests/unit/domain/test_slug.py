import pytest

from src.domain.links.errors import InvalidSlug
from src.domain.links.slug import Slug


@pytest.mark.parametrize("text", ["abc", "A-b_9", "2026", "x" * 64])
def test_accepts(text: str) -> None:
    assert str(Slug(text)) == text


@pytest.mark.parametrize(
    "text", ["", "ab", "x" * 65, "-abc", "_abc", "a b c", "a/b/c", "a.b.c", "日本語", "abc\n"]
)
def test_refuses(text: str) -> None:
    with pytest.raises(InvalidSlug, match="3 to 64"):
        Slug(text)


@pytest.mark.parametrize("text", ["links", "health", "docs", "Links", "HEALTH"])
def test_refuses_the_names_of_the_services_own_paths(text: str) -> None:
    with pytest.raises(InvalidSlug, match="reserved"):
        Slug(text)


def test_random_slugs_differ() -> None:
    assert len({Slug.random() for _ in range(100)}) == 100


def test_a_stored_slug_equals_the_one_that_was_checked() -> None:
    assert Slug.stored("abc") == Slug("abc")


def test_a_stored_slug_stays_readable_when_the_rules_have_changed() -> None:
    assert str(Slug.stored("a.b")) == "a.b"
