"""The peers: small servers that do nothing but what is compared."""
