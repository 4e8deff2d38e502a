"""The JSON Schemas of spec files: generated from the field table, and how documents are checked against them."""
