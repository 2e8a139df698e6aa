"""The web application: pages, the API beside them, health checks and the server."""
