"""The pages: one module a page, its view, its address and its template of the same name."""
