"""Language models: providers as data, one port, its adapters, and the offline demo model."""
