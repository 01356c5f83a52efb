"""Where the hub meets people and machines: pages, exports, storage and the command line."""
