"""The controller's memory: tables, and the databases that hold them."""
