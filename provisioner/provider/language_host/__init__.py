"""A Python language host for a Pulumi CLI that has none beside it.

The CLI starts `pulumi-language-python` to run a program written in Python. Pulumi's own comes with the official
release, but not with a CLI that was built from Go modules (`make engine`), because it is in no module proxy. This one
runs the program the same way: a process of its own, in the project's virtual environment.
"""
