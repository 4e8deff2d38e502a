"""Views of a console: doctor, adopt, import, the simulator."""
