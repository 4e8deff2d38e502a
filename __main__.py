"""The Pulumi program of this project; see provisioner/provider/program.py."""

from provisioner.provider.program import main

main()
