"""Secrets are found, nothing else is, and no finding says what they are."""

from pathlib import Path

import pytest

from preflight.bundles import CONFIG, bundle_of
from preflight.faults.strays import PRIVATE_KEY, random_text
from tools.preflight.bundle import Bundle
from tools.preflight.checks import strays
from tools.preflight.finding import Finding

SECRETS = {
    "aws": f'"{"AKIA"}Q3XZ7PLM2WVT5KBN"',
    "github": f'"{"gho_"}{random_text(36)}"',
    "github-fine-grained": f'"{"github_pat_"}{random_text(82)}"',
    "slack": f'"{"xoxb-"}123456789012-{random_text(30)}"',
    "slack-hook": f'"https://hooks.slack.{"com"}/services/T0ABCDEFG/B0ABCDEFG/{random_text(24)}"',
    "stripe": f'"{"sk_live_"}{random_text(40)}"',
    "openai": f'"{"sk-proj-"}{random_text(30)}{"T3BlbkFJ"}{random_text(30)}"',
    "cloudflare": f'"{"cfat_"}{random_text(48)}"',
    "key-in-one-line": repr(PRIVATE_KEY),
    "url": f'"amqps://shop:{random_text(15)}7@mq.shop.io:5671/"',
    "assigned": f'0\nAPI_KEY: str = "{random_text(40)}"',
    "in-a-dictionary": f'{{"client_secret": "{random_text(40)}"}}',
    "hexadecimal": f'0\nsigning_secret = "{bytes(range(7, 199, 6)).hex()}"',
}

HARMLESS = {
    "documented": f'"{"AKIA"}IOSFODNN7EXAMPLE"',
    "placeholder": f'"{"ghp_"}{"x" * 36}"',
    "test-key": f'"{"sk_test_"}{random_text(40)}"',
    "url-placeholder": '"postgresql://user:password1@db.shop.io/x"',
    "url-example": '"https://user:h8Xk2pQz@api.example.com/"',
    "url-local": '"redis://shop:h8Xk2pQz@localhost:6379"',
    "url-template": '"postgresql://{user}:{password}@{host}/x"',
    "format": '"https://%s:%s@mq.shop.io/"',
    "name-of-a-secret": '0\nTOKEN = "SERVICE_TOKEN_OF_THE_PRODUCTION_ENVIRONMENT_0"',
    "alphabet": '0\nSECRET_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"',
    "hash": f'0\nsha256 = "{bytes(range(7, 199, 6)).hex()}"',
    "type-of-token": '0\nrequested_token = "urn:ietf:params:oauth:token-type:access_token"',
    "marker": '"-----BEGIN PRIVATE KEY-----"',
    "elided": '"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg...\\n-----END PRIVATE KEY-----"',
    "e-mail": '"mailto:links@shop.io"',
}


def of_code(root: Path, code: str) -> list[Finding]:
    return list(strays.check(bundle_of(root, {"src/shop.py": f"# A shop.\nX = {code}\n"})))


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_found_and_not_told(tmp_path: Path, name: str) -> None:
    (finding,) = of_code(tmp_path, SECRETS[name])
    assert (finding.code, finding.place.path) == ("PF303", "src/shop.py")
    assert finding.place.line in (2, 3)
    told = f"{finding.message} {finding.fix} {finding.target}"
    assert not any(piece in told for piece in SECRETS[name].split('"') if len(piece) > 12)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_looks_like_a_secret_is_not_reported(tmp_path: Path, name: str) -> None:
    assert not of_code(tmp_path, HARMLESS[name])


def vendored(root: Path, name: str, record: str) -> Bundle:
    files = {
        f"python_modules/{name}": PRIVATE_KEY,
        "python_modules/keys-1.0.dist-info/RECORD": record,
    }
    return bundle_of(root, files)


def test_a_private_key_among_vendored_files_is_found(tmp_path: Path) -> None:
    bundle = vendored(tmp_path, "keys/mine.txt", "keys/__init__.py,,\n")
    (finding,) = strays.check(bundle)
    assert (finding.code, finding.place.path) == ("PF303", "python_modules/keys/mine.txt")


@pytest.mark.parametrize(
    ("name", "record"), [("keys/sample.py", "keys/sample.py,,\n"), ("keys/SelfTest/rsa.py", "")]
)
def test_a_private_key_that_a_package_publishes_is_no_secret(
    tmp_path: Path, name: str, record: str
) -> None:
    assert not list(strays.check(vendored(tmp_path, name, record)))


def test_a_variable_is_judged_by_name_and_value(tmp_path: Path) -> None:
    variables = f'[vars]\nSERVICE_NAME = "Shop"\nSTRIPE_KEY = "{"sk_live_"}{random_text(40)}"\n'
    (finding,) = strays.check(bundle_of(tmp_path, {}, config=CONFIG + variables))
    assert (finding.code, finding.target, finding.place.line) == ("PF303", "STRIPE_KEY", 7)
