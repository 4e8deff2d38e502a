"""The Pulumi side: our provider plugin, its resource class, and the program's code."""
