"""CloudAudit: who changed recording settings, when and from where, as far as the account's audit log says."""
