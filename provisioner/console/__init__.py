"""The console as a port: what it can be asked, the bindings that say how, and the drivers behind it."""
