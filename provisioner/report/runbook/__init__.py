"""A plan as steps that people carry out in the console."""
