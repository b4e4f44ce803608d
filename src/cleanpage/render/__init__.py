"""The views of a Document: text, HTML, Markdown, JSON and the table that explains it."""
