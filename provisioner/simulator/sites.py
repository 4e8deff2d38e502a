"""How the two sites of the service differ: what their templates may do, and how they name and charge recordings.

Legality is the domain's (`recording.sites`). Where pages disagree about file names, the TUICallKit page decides: one
underscore around a user, and an index on every file; the Chinese site keeps to its own page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from provisioner.recording import sites
from provisioner.recording.file_names import Separator


@dataclass(frozen=True, slots=True)
class Naming:
    """Where the sources disagree about file names: the separator around a user, and an index on unsplit files."""

    separator: Separator = "_"
    always_indexed: bool = True


@dataclass(frozen=True, slots=True)
class SimulatedSite:
    """One site as the console knows it; `profile` has what a template may do, and what a minute counts."""

    profile: sites.Site
    naming: Naming = Naming()

    @property
    def effect_seconds(self) -> float:
        """How long a change takes, by the page that is the more cautious."""
        return self.profile.effective_after[1].total_seconds()


CN = SimulatedSite(sites.SITES["cn"], Naming(always_indexed=False))
INTL = SimulatedSite(sites.SITES["intl"])

SITES: Mapping[str, SimulatedSite] = MappingProxyType({site.profile.name: site for site in (CN, INTL)})
"""Every site by the word that environments use."""
