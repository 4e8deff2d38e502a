"""Policies of an organisation: what they may say (`expression.py`), whom they concern, and how they are judged."""
