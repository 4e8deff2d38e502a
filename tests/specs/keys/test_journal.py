from __future__ import annotations

import pytest

from provisioner.specs.keys.journal import BucketJournal, FolderJournal, JournalChoice, journal_choice
from tests.project import Project

ENVIRONMENT = "environments/dev/environment.yaml"


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("journals/dev", FolderJournal("journals/dev")),
        ("/var/lib/journal", FolderJournal("/var/lib/journal")),
        ("s3://calls-journal/dev", BucketJournal("calls-journal", "dev")),
        (
            "s3://j-1250000000/a/b/?endpoint=https://cos.ap-singapore.myqcloud.com&region=ap-singapore&lock=local",
            BucketJournal("j-1250000000", "a/b", "https://cos.ap-singapore.myqcloud.com", "ap-singapore", locks=False),
        ),
    ],
)
def test_a_journal_is_a_folder_or_a_bucket(text: str, choice: JournalChoice) -> None:
    assert journal_choice(text) == choice


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("../elsewhere", "journal takes a folder, or s3://"),
        ("/", "journal takes a folder, or s3://"),
        ("https://example.com/x", "journal takes a folder, or s3://"),
        ("s3://AKID:secret@bucket/x", "journal takes no credentials: they come from the process"),
        ("s3://Bucket/x", 'journal takes a bucket after s3://, not "Bucket"'),
        ("s3://bucket/a b", "journal takes a prefix of letters"),
        ("s3://bucket/x?regoin=x", 'journal has no option "regoin" (did you mean "region"?)'),
        ("s3://bucket/x?endpoint=ftp://x", 'journal takes no endpoint "ftp://x"'),
        ("s3://bucket/x?lock=none", 'journal takes no lock "none"'),
    ],
)
def test_what_is_no_place_is_told_with_its_line(project: Project, text: str, told: str) -> None:
    project.edit(ENVIRONMENT, "tier: development", f'tier: development\njournal: "{text}"')
    ran = project.run("validate")
    assert ran.code == 1
    assert f"{ENVIRONMENT}:6:10: REC011 {told}" in ran.out
    assert "AKID" not in ran.out
    history = project.run("history", "dev")
    assert history.code == 1
    assert f"{ENVIRONMENT}:6:10: REC011" in history.err
