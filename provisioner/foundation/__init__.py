"""What every other room stands on: errors, atomic files, the clock, redaction, logging."""
