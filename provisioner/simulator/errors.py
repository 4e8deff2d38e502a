"""The one way a request is refused: an error code of the vendor and its sentence."""

from __future__ import annotations


class ApiError(Exception):
    """A refusal that travels in the answer as `{"Error": {"Code", "Message"}}`, always with HTTP status 200.

    `code` is a code the vendor publishes, common (`AuthFailure.*`) or of the TRTC product
    (`tencentcloud.trtc.v20190722.errorcodes`). It never leaves the server as an exception.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def missing_parameter(*names: str) -> ApiError:
    """A required parameter is absent; several `names` mean any one of them would do."""
    wanted = " or ".join(f"`{name}`" for name in names)
    return ApiError("MissingParameter", f"The request is missing a required parameter {wanted}.")
