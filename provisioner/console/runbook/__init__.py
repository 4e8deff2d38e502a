"""A console that people operate: labels of its pages, and what they confirmed that it shows."""
