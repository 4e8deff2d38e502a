"""How the two sites differ, as far as the console and recording go; the sources are the project's facts.

Where sources disagree the TUICallKit page decides: mixed recording by the template is legal on both sites, and
files there always carry an index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from provisioner.recording.names import Separator


@dataclass(frozen=True, slots=True)
class Naming:
    """Where the sources disagree about file names: the separator around a user, and an index on unsplit files."""

    separator: Separator = "_"
    always_indexed: bool = True


@dataclass(frozen=True, slots=True)
class Site:
    """One site of the service.

    `both_kinds`: a template may record mixed and single streams at once. `template_vendors`: where a template may
    store (0 COS, 1 AWS, beside VOD). `billing`: recorded minutes count each input stream, or the task once.
    `statistic`: DescribeRecordStatistic exists.
    """

    name: Literal["cn", "intl"]
    both_kinds: bool
    template_vendors: frozenset[int]
    billing: Literal["streams", "task"]
    statistic: bool
    naming: Naming


CN = Site("cn", True, frozenset({0}), "streams", True, Naming(always_indexed=False))
"""Chinese on-cloud recording guide (single and mixed, also together; VOD, then COS) and Chinese billing page."""

INTL = Site("intl", False, frozenset({0, 1}), "task", False, Naming())
"""English on-cloud recording guide (single or mixed; VOD, COS, AWS S3) and international billing page."""

SITES = {site.name: site for site in (CN, INTL)}
"""The sites by the word that an environment names them with."""
