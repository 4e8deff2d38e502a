"""From specs and console to a plan: diff, consequence, cost, causes, approvals, the sealed document."""
