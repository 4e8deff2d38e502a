"""Names that the tests of this room share."""

from __future__ import annotations

DEV, PROD = "environments/dev/environment.yaml", "environments/prod/environment.yaml"
CALL, ROOM, DESK = (f"environments/dev/apps/{name}.yaml" for name in ("video-call", "classroom", "support-desk"))
PROD_CALL, PROD_ROOM, PROD_DESK = (path.replace("/dev/", "/prod/") for path in (CALL, ROOM, DESK))
