"""Signatures count for whom, what and when they were made; whatever else is said, in words that help."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from provisioner.foundation.ssh_signature import SignatureError, sign, verify

SPACE = "trtc-test"


def new_key(folder: Path, name: str, passphrase: str = "") -> Path:
    key = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", str(key)], check=True)
    return key


def line(key: Path, who: str, options: str = "") -> str:
    kind, public = key.with_name(f"{key.name}.pub").read_text().split()[:2]
    return f"{who} {options}{' ' if options else ''}{kind} {public}\n"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    new_key(folder, "ann")
    new_key(folder, "mallory")
    new_key(folder, "locked", "a passphrase")
    (folder / "signers").write_text(line(folder / "ann", "ann@acme"))
    (folder / "signature").write_bytes(sign(b"data", folder / "ann", SPACE))
    return folder


def test_a_signature_tells_who_made_it(keys: Path) -> None:
    assert verify(b"data", keys / "signature", keys / "signers", SPACE) == "ann@acme"


@pytest.mark.parametrize(
    ("data", "space", "told"),
    [
        (b"datb", SPACE, "is not what was signed: one of the two was replaced or edited"),
        (b"data", "git", "was signed for another purpose"),
    ],
)
def test_a_signature_counts_for_its_bytes_and_its_purpose(keys: Path, data: bytes, space: str, told: str) -> None:
    with pytest.raises(SignatureError, match=told):
        verify(data, keys / "signature", keys / "signers", space)


@pytest.mark.parametrize(
    ("key", "options", "told"),
    [
        ("mallory", "", "was made by a key that .* does not list"),
        ("ann", 'valid-before="20200101"', "the signer's key has expired"),
        ("ann", 'valid-after="29990101"', "the signer's key is not valid yet"),
        ("ann", 'namespaces="git"', "the signer may not sign this"),
    ],
)
def test_only_those_may_sign_who_are_listed_for_it(
    keys: Path, tmp_path: Path, key: str, options: str, told: str
) -> None:
    (tmp_path / "signers").write_text(line(keys / key, "ann@acme", options))
    with pytest.raises(SignatureError, match=told):
        verify(b"data", keys / "signature", tmp_path / "signers", SPACE)


@pytest.mark.parametrize(
    ("signature", "signers", "told"),
    [
        ("missing", "signers", "missing: is no signature: No such file"),
        ("signers", "signers", "signers: is no SSH signature"),
        ("signature", "missing", "missing: lists nobody who may sign: No such file"),
        ("signature", "ann", "ann: .*|does not count|does not list"),
    ],
)
def test_files_that_are_none_of_these_are_told(keys: Path, signature: str, signers: str, told: str) -> None:
    with pytest.raises(SignatureError, match=told) as error:
        verify(b"data", keys / signature, keys / signers, SPACE)
    assert "PRIVATE KEY" not in str(error.value)


@pytest.mark.parametrize("key", ["missing", "signers", "locked"])
def test_a_key_that_cannot_sign_is_told(keys: Path, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")  # never wait for somebody at a terminal
    monkeypatch.setenv("SSH_ASKPASS", "false")
    with pytest.raises(SignatureError, match=r"is no key: there is no such file|cannot sign: "):
        sign(b"data", keys / key, SPACE)


def test_without_openssh_nothing_is_signed_or_believed(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for ask in (
        lambda: sign(b"data", keys / "ann", SPACE),
        lambda: verify(b"data", keys / "signature", keys / "signers", SPACE),
    ):
        with pytest.raises(SignatureError, match=r"ssh-keygen is not on the path\n  Install OpenSSH 8.2 or later"):
            ask()
