"""The installed plugin's entry point: the package is in the virtual environment beside this file."""

from provisioner.provider.server import serve

serve()
