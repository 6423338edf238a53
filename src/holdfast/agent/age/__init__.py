"""The age v1 file format (https://age-encryption.org/v1), X25519 recipients alone."""
