"""The plugin's entry point, started by the engine in this folder: `python <here> ENGINE_ADDRESS`."""

import sys
from pathlib import Path

# As a script, this folder leads sys.path, where its modules would stand at top level: the project does instead.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from provisioner.provider.server import serve  # noqa: E402

serve()
