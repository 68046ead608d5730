"""The web entrance: requests in, a flow called, pages out."""
