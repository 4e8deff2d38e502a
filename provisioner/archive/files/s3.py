"""Buckets of AWS S3."""

from __future__ import annotations

from provisioner.archive.files.bucket import BucketVendor

VENDOR = BucketVendor("s3", endpoint=lambda _region: None)  # boto3 knows AWS's own addresses
