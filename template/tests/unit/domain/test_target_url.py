import pytest

from src.domain.links.errors import InvalidTargetUrl
from src.domain.links.target_url import MAX_LENGTH, TargetUrl


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://example.com:8080/a/b?c=d&e=%20#f",
        "https://xn--r8jz45g.jp/%E6%97%A5",
        "https://example.com/@user",
        "http://127.0.0.1/",
        "http://[::1]:8080/",
        "HTTPS://EXAMPLE.COM/",
        "https://example.com/" + "x" * (MAX_LENGTH - 20),
    ],
)
def test_accepts(url: str) -> None:
    assert str(TargetUrl(url)) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com",
        "/links",
        "ftp://example.com",
        "javascript:alert(1)",
        "data:text/html,hello",
        "https:example.com",
        "https:///example.com",
        "https://:443/",
        "https://user:secret@example.com/",
        "https://bank.example@evil.example/",
        "https://bank.example%2F@evil.example/",
        "https://evil.example\\@bank.example/",
        "https://exam ple.com/",
        "https://example.com/\r\nSet-Cookie: a=b",
        "https://example.com/日",
        "https://example.com:port/",
        "https://example.com:99999/",
        "https://[::1/",
        "https://example..com/",
        "https://%65xample.com/",
        "https://example.com/" + "x" * MAX_LENGTH,
    ],
)
def test_refuses(url: str) -> None:
    with pytest.raises(InvalidTargetUrl):
        TargetUrl(url)


def test_a_stored_url_equals_the_one_that_was_checked() -> None:
    assert TargetUrl.stored("https://example.com") == TargetUrl("https://example.com")


def test_a_stored_url_stays_readable_when_the_rules_have_changed() -> None:
    assert str(TargetUrl.stored("gopher://example.com")) == "gopher://example.com"
