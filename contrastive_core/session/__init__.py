"""The front door: inputs that are opened and prepared once, and the questions asked of them."""
