"""The Pulumi program of this project; see provisioner/provider/program.py."""

from provisioner.api import pulumi_program

pulumi_program()
