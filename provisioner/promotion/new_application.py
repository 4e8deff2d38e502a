"""The file of an application that the target does not have yet: the source's, with a question in each place that
belongs to an environment. `validate` refuses it until somebody has answered."""

from __future__ import annotations

from provisioner.promotion.file_values import moves
from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.paths import short
from provisioner.specs.documents.application import APPLICATION
from provisioner.specs.documents.document import read_document
from provisioner.specs.documents.placeholders import placeholder
from provisioner.specs.files import SpecFiles
from provisioner.specs.layout import application_file
from provisioner.specs.yaml import writer

_LEFT_BEHIND = ("aliases", "hold", "intent", "onRemove", "waive")


def new_application(files: SpecFiles, source: Application, target: str) -> tuple[str, bytes, tuple[str, ...]]:
    """Where the file goes in the environment `target`, its bytes, and the paths that still say TODO.

    The source's file has passed the reader.
    """
    file = source.where.file
    document = read_document(files, file, APPLICATION)
    text = files.read(file).decode()
    plain = document.node.plain()
    for key in _LEFT_BEHIND:
        if key in plain:
            text = writer.remove(text, f"/{key}")
    questions = {
        "/sdkAppId": f"the SDKAppId of {source.name} in {target}",
        "/owner": f"who is asked about {source.name} in {target}",
    }
    says = document.patch.says if document.patch else {}
    for path, value in says.items():
        if path.startswith(f"{SETTINGS}/") and not moves(path):
            if value is None:
                text = writer.remove(text, path)
            else:
                questions[path] = f"{short(path)} of {source.name} in {target}; {source.environment} has its own here"
    for path, question in questions.items():
        text = writer.set_value(text, path, placeholder(question))
    return application_file(target, source.name), text.encode(), tuple(questions)
