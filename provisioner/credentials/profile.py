"""`profile`: a section of the file that Tencent's command line keeps in the home folder."""

from __future__ import annotations

from pathlib import Path

from provisioner.credentials.source import Caller, Credentials, Source, SourceKey, SourceSettings, TokenService, fixed
from provisioner.foundation.errors import ProvisionerError

_FILE = Path(".tencentcloud") / "credentials"
_SHOWN = f"~/{_FILE.as_posix()}"


def _open(settings: SourceSettings, caller: Caller, _tokens: TokenService) -> Credentials:
    from configparser import ConfigParser, Error  # for whoever has such a file

    section = settings["name"]
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string((caller.home / _FILE).read_text("utf-8"))
        entries = parser[section]
        return fixed(entries["secret_id"], entries["secret_key"], entries.get("token"))
    except (OSError, UnicodeDecodeError, Error, KeyError) as error:
        raise ProvisionerError(
            f"{_SHOWN} holds no usable profile [{section}] ({type(error).__name__})",
            fix="It needs secret_id and secret_key, and token for temporary ones.",
        ) from None


SOURCE = Source(
    "profile",
    f"A section of {_SHOWN}.",
    lambda settings: f"the profile [{settings['name']}] of {_SHOWN}",
    _open,
    {"name": SourceKey("The section.", default="default")},
    example="{name: ci}",
)
