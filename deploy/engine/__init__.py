"""The Pulumi engine, built from Go modules where its official release cannot be had."""
