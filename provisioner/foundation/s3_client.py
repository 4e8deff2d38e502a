"""A client of S3-type stores: boto3, with words for whatever the user's environment does to it."""

from __future__ import annotations

from functools import cache
from typing import Any

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.proxies import proxy_for
from provisioner.foundation.text_safety import printable

_FIX = "Check the variables AWS_* and the files that they name; those that are not meant can be unset."


def s3_client(place: str, endpoint: str | None, region: str | None, options: dict[str, Any], **keys: str) -> Any:
    """boto3's client. `options` are those of botocore's Config; without `keys` boto3 looks for credentials itself.

    `place` is for messages. Makes no call. Raises ProvisionerError where the environment does not allow for one.
    """
    import boto3  # loads long
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    proxy_for(endpoint or f"https://s3.{region}.amazonaws.com")  # boto3 asks the same variables, and fails in code
    try:
        core = botocore.session.Session()
        core.register_component("data_loader", _models(core.get_config_variable("data_path")))
        session = boto3.session.Session(botocore_session=core)
        return session.client("s3", endpoint_url=endpoint, region_name=region, config=Config(**options), **keys)
    except (BotoCoreError, ValueError, OSError) as error:
        raise ProvisionerError(f"{place}: {printable(str(error))[:500]}", fix=_FIX) from None


@cache
def _models(paths: str | None) -> Any:
    """botocore's descriptions of services, read once: that takes a tenth of a second, for each session anew."""
    from botocore.loaders import create_loader

    return create_loader(paths)
