"""Collects everything that gates know of a promotion."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.foundation.errors import ProvisionerError
from provisioner.promotion.console_plans import PromotionPlans, UnreadableConsole, console_plan
from provisioner.promotion.gates.gate import GateContext
from provisioner.promotion.promote import Promotion
from provisioner.promotion.template_lock import read_locked
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.specs.codeowners.owners import read_owners
from provisioner.specs.documents.document import read_document
from provisioner.specs.documents.environment import ENVIRONMENT, Environment
from provisioner.specs.layout import environment_file
from provisioner.specs.workspace import Workspace
from provisioner.specs.yaml.reader import Malformed


def assess(
    workspace: Workspace,
    promotion: Promotion,
    source: Environment,
    state: EnvironmentState,
    environ: Mapping[str, str],
) -> GateContext:
    """The context of a promotion from `source`, whose journal `state` opens; `environ` holds the credentials.

    For a rollback only the target's console is read. Raises SpecErrors.
    """
    moves, root = promotion.moves, workspace.root
    names = [move.target.name for move in moves.values()]
    after = console_plan(root, environ, promotion.after, names, in_force=False)
    if promotion.record.restores:
        unasked = UnreadableConsole(promotion.target.name, "a rollback does not ask")
        plans = PromotionPlans(unasked, unasked, after)
    else:
        ours = console_plan(root, environ, source, [move.source.name for move in moves.values()])
        plans = PromotionPlans(ours, console_plan(root, environ, promotion.target, names), after)
    return GateContext(
        promotion,
        source,
        _tiers(workspace),
        plans,
        read_journal(state),
        state,
        read_locked(workspace.files),
        workspace.template_digests(),
        read_owners(root),
        promotion.record.when,
        root,
        environ,
    )


def read_journal(state: EnvironmentState) -> tuple[JournalEntry, ...] | UnreadableConsole:
    """What an environment's journal holds, or why it cannot be read."""
    try:
        return tuple(state.journal.entries())
    except ProvisionerError as error:
        return UnreadableConsole(state.environment, str(error))


def _tiers(workspace: Workspace) -> dict[str, str]:
    """Each environment's tier, as far as its file can be read."""
    tiers = {}
    for name in workspace.environment_names():
        try:
            document = read_document(workspace.files, environment_file(name), ENVIRONMENT)
            tiers[name] = str(document.node.plain()["tier"])
        except Malformed:
            continue  # nothing is promoted from it, and validate says why
    return tiers
