"""The keys of environment.yaml and of an application's file that are no settings: one module a key (`key.py`)."""
