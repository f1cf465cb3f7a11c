"""A mail server and a client that do as they are told, and the gate between them."""
