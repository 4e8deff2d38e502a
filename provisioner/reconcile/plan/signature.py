"""Who sealed a plan: a signature beside its file, so that it can travel between jobs.

The file's bytes are signed, `expires` included: `ssh-keygen -Y verify` checks it without this tool, too.
"""

from __future__ import annotations

from pathlib import Path

from provisioner.foundation import ssh_signature

NAMESPACE = "trtc-recording-plan"
"""Keeps a signature of anything else (a commit, say) from counting for a plan."""


def signature_file(plan: Path) -> Path:
    """Where a plan's signature is written: `plan.json.sig`."""
    return plan.with_name(f"{plan.name}.sig")


def sign(plan: bytes, key: Path) -> bytes:
    """The signature of a sealed plan's bytes. Raises SignatureError."""
    return ssh_signature.sign(plan, key, NAMESPACE)


def signer(plan: bytes, signature: Path, signers: Path) -> str:
    """Who signed a sealed plan's bytes. Raises SignatureError where nobody did whom `signers` allows."""
    return ssh_signature.verify(plan, signature, signers, NAMESPACE)
