"""The formats: one module each, found by its name, with one function `write(document, fonts) -> bytes`."""
