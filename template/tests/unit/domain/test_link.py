from tests.unit.doubles import a_link


def test_a_visit_counts() -> None:
    assert a_link("abc", visits=1).visited() == a_link("abc", visits=2)
