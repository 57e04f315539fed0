"""What is read in a module's source: which imports run, and which names there are."""

import pytest

from tools.preflight.facts import facts_of

WORKER = (3, 14)


def when(source: str) -> list[str]:
    return [found.when for found in facts_of(source.encode(), WORKER).imports]


@pytest.mark.parametrize(
    "condition",
    [
        "TYPE_CHECKING",
        "typing.TYPE_CHECKING and x",
        "sys.version_info < (3, 14)",
        "sys.version_info < (3,)",
        "sys.version_info[:2] <= (3, 13)",
        "sys.version_info[0] == 2",
        "sys.version_info.minor < 14",
        "sys.platform == 'win32'",
        "sys.platform in ('win32', 'darwin')",
        "sys.platform.startswith('win')",
        "not sys.platform.startswith('emscripten')",
        "os.name == 'nt'",
        "__name__ == '__main__'",
        "0",
    ],
)
def test_what_never_runs_on_a_worker_is_known(condition: str) -> None:
    assert when(f"if {condition}:\n    import a\nelse:\n    import b\n") == ["typing", "start"]
    assert when(f"if not ({condition}):\n    import a\nelse:\n    import b\n") == [
        "start",
        "typing",
    ]


@pytest.mark.parametrize(
    "condition", ["DEBUG", "os.environ.get('X')", "sys.argv", "__name__ == 'x'", "a < (3, 1)"]
)
def test_what_cannot_be_known_is_a_condition(condition: str) -> None:
    assert when(f"if {condition}:\n    import a\nelse:\n    import b\n") == ["conditional"] * 2


def test_a_long_chain_of_conditions_is_read_to_its_end() -> None:
    chain = "if x:\n    pass\n" + "elif x:\n    pass\n" * 900 + "else:\n    import last\n"
    assert when(f"{chain}import behind\n") == ["conditional", "start"]


OFFERS = """\
def __getattr__(name):
    "Load late."
    if name == "one":
        return 1
    if name in ("two", "three"):
        return 2
    raise AttributeError(name)
"""


@pytest.mark.parametrize(
    "source",
    [
        OFFERS,
        OFFERS.replace("    if name in", "    elif name in").replace(
            "    raise", "    else:\n        raise"
        ),
    ],
)
def test_a_module_that_lists_what_it_offers_has_nothing_else(source: str) -> None:
    facts = facts_of(source.encode(), WORKER)
    assert not facts.dynamic
    assert facts.defined.keys() == {"one", "two", "three"}


@pytest.mark.parametrize(
    "source",
    [
        "def __getattr__(name):\n    return name\n",
        OFFERS.replace('("two", "three")', "TABLE"),
        OFFERS.replace("name == ", "other == "),
        OFFERS.replace("    raise AttributeError(name)\n", "    return getattr(other, name)\n"),
        "from other import __getattr__\n",
        "__getattr__, __all__ = lazily(__name__)\n",
        "globals().update(made)\n",
        "import enum\n\n@enum.global_enum\nclass Colour(enum.Enum):\n    RED = 1\n",
    ],
)
def test_a_module_that_makes_names_may_have_any(source: str) -> None:
    assert facts_of(source.encode(), WORKER).dynamic
