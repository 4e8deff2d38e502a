"""`report`: plans from files, in every form."""

from __future__ import annotations

from tests.project import Project


def test_plans_of_several_environments_are_one_comment(project: Project) -> None:
    project.run("plan", "dev", "--out", "dev.json")
    project.write("prod.json", project.run("plan", "prod", "--format", "json").out)
    told = project.run("report", "dev.json", "prod.json")
    assert told.code == 0
    assert told.out.startswith("## Recording settings: `dev`, `prod`\n\n**4 of 6 applications in 2 environments")


def test_a_file_is_written_instead(project: Project) -> None:
    project.run("plan", "dev", "--out", "dev.json")
    shown = project.run("report", "dev.json").out
    assert project.run("report", "dev.json", "--out", "comment.md").out == ""
    assert (project.root / "comment.md").read_text("utf-8") == shown


def test_what_is_no_plan_is_refused(project: Project) -> None:
    refused = project.run("report", "environments/dev/environment.yaml", "nowhere.json")
    assert refused.code == 1
    assert refused.err.startswith("environments/dev/environment.yaml: is no plan")
