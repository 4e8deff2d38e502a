"""Buckets of Tencent Cloud Object Storage."""

from __future__ import annotations

from provisioner.archive.files.bucket import BucketVendor

VENDOR = BucketVendor(
    "cos",
    # COS's S3-compatible address (COS: Accessing COS with AWS S3 SDK).
    endpoint=lambda region: f"https://cos.{region}.myqcloud.com",
    addressing="virtual",  # COS takes the bucket in the host name only
)
