"""Routes of the public API, as the SDKs know it. One module a resource."""
