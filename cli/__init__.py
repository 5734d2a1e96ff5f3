"""The `contrast` command: a thin shell over `contrastive_core`."""
