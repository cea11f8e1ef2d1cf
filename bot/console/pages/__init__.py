"""The pages, one subject a module: each a function of a visit."""
