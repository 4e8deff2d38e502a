"""TUICallKit's webhook of calls: read and set over its documented REST interface, whatever drives the console."""
