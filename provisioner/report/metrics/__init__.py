"""What Prometheus reads of environments: a textfile that a command leaves behind."""
