"""The HTTP surface: thin routes over the services, one file per resource; the only importer of fastapi."""
