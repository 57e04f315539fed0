"""Push the branch of an update, with a token that no other step of a workflow gets to see."""

import base64
import os
from pathlib import Path

from tools.template.errors import TemplateError
from tools.template.git import GitError, git

WORKFLOWS = ".github/workflows"


class NotPushed(TemplateError):
    """The remote refused the branch."""


def push(project: Path, branch: str, remote: str = "origin") -> bool:
    """Push a new branch; False when the remote has it already, which is then left as it is.

    `GH_TOKEN` is used where it is set. It gets to git by the environment: anybody on the machine
    can read a command line.

    Raises:
        NotPushed: the remote refused it.
    """
    token = _authorization(os.environ.get("GH_TOKEN"))
    name = f"refs/heads/{branch}"
    try:
        if git(project, "ls-remote", "--heads", remote, name, environment=token):
            return False
        git(project, "push", "--quiet", remote, f"{name}:{name}", environment=token)
    except GitError as error:
        hint = ""
        if "workflow" in str(error):
            hint = (
                f"\nThe update changes {WORKFLOWS}, which the token of a workflow may not. Make a "
                "fine-grained token that may write contents, pull requests and workflows of this "
                "repository, and save it as the secret TEMPLATE_UPDATE_TOKEN."
            )
        raise NotPushed(f"{remote} refused {branch}: {error}{hint}") from None
    return True


def _authorization(token: str | None) -> dict[str, str]:
    """Settings for git, as https://git-scm.com/docs/git-config#ENVIRONMENT has them."""
    if not token:
        return {}
    encoded = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "http.https://github.com/.extraheader",
        "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {encoded}",
    }
