"""From the console into specs: adopt, import, attest, and what no spec manages."""
