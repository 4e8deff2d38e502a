"""Views of a console: examinations, adoptions, imports, the simulator."""
