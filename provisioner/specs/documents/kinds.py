"""The registry of document kinds: schemas, discovery, repairs and migrations follow it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from provisioner.specs.documents.application import APPLICATION
from provisioner.specs.documents.binding import BINDING
from provisioner.specs.documents.console_labels import CONSOLE_LABELS
from provisioner.specs.documents.document import DocumentKind
from provisioner.specs.documents.effective import EFFECTIVE
from provisioner.specs.documents.embedded import EMBEDDED
from provisioner.specs.documents.environment import ENVIRONMENT
from provisioner.specs.documents.lock import TEMPLATE_LOCK
from provisioner.specs.documents.observation import OBSERVATION
from provisioner.specs.documents.policy import POLICY
from provisioner.specs.documents.policy_sources import POLICY_LOCKED, POLICY_SOURCES
from provisioner.specs.documents.price_list import PRICE_LIST
from provisioner.specs.documents.promotion_record import PROMOTION
from provisioner.specs.documents.templates import TEMPLATE

KINDS: Mapping[str, DocumentKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            APPLICATION,
            TEMPLATE,
            ENVIRONMENT,
            EFFECTIVE,
            EMBEDDED,
            BINDING,
            CONSOLE_LABELS,
            OBSERVATION,
            PROMOTION,
            PRICE_LIST,
            TEMPLATE_LOCK,
            POLICY,
            POLICY_SOURCES,
            POLICY_LOCKED,
        )
    }
)
"""Every kind of document by its schema's name."""
